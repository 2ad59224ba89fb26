"""One round's world: a hub, laptops, and between them what the plan wants."""

import random
import shutil
from collections import defaultdict
from contextlib import contextmanager

from . import clocks
from .activities import ALIAS, MODEL, SHARED
from .disks import SmallDisk
from .hub import Hub
from .joining import join
from .ledger import Ledger
from .links import Links
from .people import DONE, Broken, Person
from .processes import Processes
from .trace import Trace
from .versions import CONFIG, CONFIG_TEXT, Versions


class Lab:
    def __init__(self, binaries, folder, plan, coverage, all_proxies):
        self.versions = Versions(*binaries, plan)
        self.folder = folder
        self.plan = plan
        self.coverage = coverage
        folder.mkdir(parents=True)
        self.trace = Trace(folder / "trace.txt")
        self.processes = Processes(folder / "answers", self.trace)
        self.ledger = Ledger()
        self.people = {}
        self.run_names = {}
        self.sufferings = defaultdict(list)  # machine: faults that last
        self.disks = {}
        self.proxies = {}
        self.links = None
        self.hub = None
        self.all_proxies = all_proxies
        self._rng = random.Random(f"{plan.seed} lab")

    # Making

    def open(self):
        """Everything is sound until the people have met the hub once."""
        if self.plan.network == "links":
            self.links = Links(self.plan.laptops)
        self.hub = Hub(self._person("hub"), self._hub_flags())
        if not self.hub.start():
            raise Broken("the hub did not start on a sound machine")
        self._first_run()
        for name in self.plan.laptops:
            join(self, self._person(name), self._rng)
        if self.versions.earlier():
            self._write_what_is_new()
        for person in self.people.values():
            if person.clock:
                person.clock.begin()
        self.coverage.setting(
            self.plan.network, "TLS" if self.plan.tls else "plain HTTP",
            f"{len(self.plan.laptops)} laptops",
            *(["small disks"] if self.disks else []), *(["wrong clocks"] if self.plan.clocks else []),
            *(f"earlier program: {'hub' if name == 'hub' else 'laptop'}" for name in self.versions.earlier()),
        )

    def _hub_flags(self):
        if self.links:
            return ["--host", "0.0.0.0"]
        return ["--tls"] if self.plan.tls else []

    def _person(self, name):
        folder = self.folder / name
        if name in self.plan.small_disks:
            self.disks[name] = SmallDisk(folder)
            folder = folder / "replica"
        folder.mkdir()
        home = self.folder / f"home-{name}"
        home.mkdir()
        clock = None
        if self.plan.clocks:
            rng = random.Random(f"{self.plan.seed} clock {name}")
            clock = clocks.Clock(home / "clock", self.plan.clocks[name], rng)
        space = Links.inside(name) if self.links else None
        person = self.people[name] = Person(self, name, folder, home, space, clock)
        self.ledger.join(name)
        return person

    def _first_run(self):
        hub = self.people["hub"]
        for words in (("start", "--name", SHARED), ("models", "register", MODEL, "--run", SHARED),
                      ("models", "alias", MODEL, ALIAS, "1")):
            if hub.does(*words).status != 0:
                raise Broken(f"{words} failed on a sound machine")

    def _write_what_is_new(self):
        """A config, by somebody with the present program; the hub has it before anything fails."""
        earlier = self.versions.earlier()
        person = next(p for p in self.people.values() if p.machine not in earlier)
        file = self.folder / CONFIG
        file.write_text(CONFIG_TEXT)
        told = [("config", "add", CONFIG, file)] + [("sync",)] * (person.name != "hub")
        for words in told:
            if person.does(*words).status not in DONE:
                raise Broken(f"{words} failed on a sound machine")

    def add_twin(self, person, same_home):
        """Somebody who goes on with a copy of this person's replica."""
        name = person.name + "-2"
        home = person.home if same_home else self.folder / f"home-{name}"
        clock = person.clock if same_home else None
        twin = Person(self, name, self.folder / name, home, person.space, clock)
        twin.folder.mkdir()
        twin.twin = twin
        person.twin = self.people[name] = twin
        self.ledger.join(name, self.ledger.known[person.name].copy())

    # Faults that last

    @contextmanager
    def suffers(self, machine, fault):
        """Counts the fault for each command that it meets: those under way, and those that come."""
        self.coverage.strike(fault, self.verbs_of(machine))
        self.sufferings[machine].append(fault)
        try:
            yield
        finally:
            self.sufferings[machine].remove(fault)

    def upgrade(self, machines):
        """Says so of machines that have the present program from now on."""
        for machine in machines:
            self.trace.say(f"{machine} has the present program")
            self.coverage.strike("present program comes", self.verbs_of(machine) or ["nothing"])

    # Asking

    def disk_is_full(self, person):
        return person.machine in self.disks and self.disks[person.machine].is_full

    def verbs_of(self, who):
        """What this person's machine does now, and the hub only if there is nothing else."""
        verbs = {
            verb
            for _, name, verb in list(self.processes.alive.values())
            if name in (who, who + "-2")
        }
        return sorted(verbs - {"hub"} or verbs)

    # Ending

    def mend(self):
        """Clocks are right again; the other faults end with their step."""
        for person in self.people.values():
            if person.clock:
                person.clock.mend()

    def close(self, keep):
        """Ends what runs, unmounts, and removes the folder unless it is to be looked at."""
        troubles = []
        for person in self.people.values():
            troubles += _trouble(person.end_watch)
        if self.hub and self.hub.process:
            troubles += _trouble(self.hub.stop)
        strays = self.processes.wait_for_strays()
        troubles += [f"a process was left: {words}" for words in strays]
        for proxy in self.proxies.values():
            proxy.close()
        if self.links:
            self.links.close()
        for name, disk in self.disks.items():
            if keep:
                shutil.copytree(disk.folder, self.folder / f"{name}-disk", symlinks=True)
            disk.close()
        self.trace.close()
        if not keep and not troubles:
            shutil.rmtree(self.folder)
        return troubles


def _trouble(act):
    try:
        act()
    except Broken as broken:
        return [str(broken)]
    return []
