"""What people do, each deed a few commands; what was acknowledged goes into the ledger."""

import hashlib
import json
import random
import sys
from pathlib import Path

from . import care
from .ambush import ambush
from .people import DONE

SHARED = "shared"  # the run that everybody writes to
MODEL = "churn"
ALIAS = "champion"
RECORDER = Path(__file__).with_name("recorder.py")


class Deed:
    """One task while it is played: its dice, and the ambush that waits for one of its commands."""

    def __init__(self, lab, person, task):
        self.lab = lab
        self.person = person
        self.rng = random.Random(task.seed)
        self._ambush = task.ambush
        self._commands = 0

    def does(self, *words, person=None, folder=None):
        met = None
        if self._ambush and self._ambush.number == self._commands:
            met = ambush(self._ambush, self.lab.coverage, self.lab.trace)
        self._commands += 1
        return (person or self.person).does(*words, folder=folder, ambush=met)

    def writes(self, *things):
        """Things that the next command is to record: KIND, THING, KEY, VALUE."""
        return [self.lab.ledger.try_to_write(self.person.name, *thing) for thing in things]

    def records(self, writes, *words):
        answer = self.does(*words)
        if answer.status == 0:
            for write in writes:
                self.lab.ledger.acknowledge(write)
        return answer


def record(deed):
    run = start(deed)
    if not run:
        return
    for kind in deed.rng.sample(["param", "metric", "tag"], deed.rng.randint(1, 3)):
        key = deed.person.fresh(kind)
        if kind == "metric":
            value = deed.rng.uniform(-1, 1)
            writes = deed.writes(("points", run, key, 1))
            deed.records(writes, "log", "metric", f"{key}={value!r}", "--step", "7", "--run", run)
        else:
            writes = deed.writes((kind, run, key, "v" + key))
            deed.records(writes, "log", kind, f"{key}=v{key}", "--run", run)
    if deed.rng.random() < 0.7:
        deed.records(deed.writes(("ended", run, "status", "FINISHED")), "finish", run)


def start(deed):
    """A new run's name, or None."""
    run = deed.person.fresh("run")
    experiment = deed.rng.choice(["common", "rare", "of-" + deed.person.name])
    writes = deed.writes(("run", run))
    answer = deed.records(writes, "start", "--name", run, "--experiment", experiment, "--json")
    if answer.status != 0:
        return None
    deed.lab.run_names[json.loads(answer.out)["run_id"]] = run
    return run


def train(deed):
    run, prefix = deed.person.fresh("run"), deed.person.fresh("x")
    notes = deed.lab.folder / f"notes-{run}"
    param = deed.person.fresh("param")
    written = deed.writes(
        ("run", run), ("param", run, param, "1"), ("ended", run, "status", "FINISHED")
    )
    answer = deed.does(
        "run", "--name", run, "--experiment", "trained", "-p", f"{param}=1", "--",
        sys.executable, "-S", RECORDER, notes, prefix, str(deed.rng.randint(1, 12)),
    )
    deed.lab.processes.wait_for_end_of(str(notes))
    if answer.status == 0:
        for write in written:
            deed.lab.ledger.acknowledge(write)
    _read_notes(deed, run, notes)


def _read_notes(deed, run, notes):
    """What the script was told is there, whatever became of the command around it."""
    lines = notes.read_text().splitlines() if notes.exists() else []
    done = {}
    for line in lines:
        tried, kind, key, *rest = line.split()
        if tried == "tried":
            thing = (kind, run, key, rest[0]) if kind == "param" else ("points", run, key, _count(rest))
            done[kind, key] = deed.writes(thing)[0]
        else:
            deed.lab.ledger.acknowledge(done[kind, key])


def _count(rest):
    return int(rest[0]) if rest else 1


def overwrite(deed):
    for field in deed.rng.sample(["description", "tags.verdict", "tags.owner"], deed.rng.choice([1, 1, 2])):
        value = deed.person.fresh("value")
        writes = deed.writes(("register", SHARED, field, value))
        if field == "description":
            deed.records(writes, "describe", SHARED, value)
        else:
            deed.records(writes, "tag", SHARED, f"{field.removeprefix('tags.')}={value}")


def annotate(deed):
    match deed.rng.choice(["label", "comment", "artifact", "artifact"]):
        case "artifact":
            put_artifact(deed)
        case kind:
            text = deed.person.fresh(kind)
            deed.records(deed.writes((kind, SHARED, text)), kind, SHARED, text)


def put_artifact(deed):
    name = deed.person.fresh("file")
    content = deed.rng.randbytes(int(10 ** deed.rng.uniform(1, 5.6)))
    (deed.lab.folder / name).write_bytes(content)
    writes = deed.writes(("artifact", SHARED, name, hashlib.sha256(content).hexdigest()))
    deed.records(writes, "log", "artifact", deed.lab.folder / name, "--run", SHARED)


def promote(deed):
    run = start(deed)
    if not run:
        return
    writes = deed.writes(("version", run, MODEL))
    answer = deed.records(writes, "models", "register", MODEL, "--run", run, "--json")
    if answer.status == 0 and deed.rng.random() < 0.8:
        writes = deed.writes(("register", MODEL, ALIAS, run))
        deed.records(writes, "models", "alias", MODEL, ALIAS, json.loads(answer.out)["version"])


def resolve(deed):
    """Who decides has usually just heard of it."""
    if deed.person.name != "hub":
        sync(deed)
    answer = deed.does("conflicts", "--json")
    if answer.status not in DONE:
        return
    conflicts = [
        conflict
        for conflict in json.loads(answer.out)["conflicts"]
        if conflict["kind"] in ("value", "alias") and conflict["entity"]["name"] in (SHARED, MODEL)
    ]
    if not conflicts:
        return
    conflict = deed.rng.choice(conflicts)
    side, by_value = deed.rng.choice(conflict["sides"]), deed.rng.random() < 0.5
    words = ("conflicts", "resolve", conflict["id"])
    if conflict["kind"] == "alias":
        run = run_of_version(deed, side["value"])
        if run:
            writes = deed.writes(("register", MODEL, ALIAS, run))
            deed.records(writes, *words, "--take", side["side"])
    elif by_value:
        value = deed.person.fresh("decided")
        deed.records(deed.writes(("register", SHARED, conflict["field"], value)), *words, "--value", value)
    else:
        writes = deed.writes(("register", SHARED, conflict["field"], side["value"]))
        deed.records(writes, *words, "--take", side["side"])


def run_of_version(deed, version):
    answer = deed.does("models", "--json")
    if answer.status != 0:
        return None
    for model in json.loads(answer.out)["models"]:
        for one in model["versions"]:
            if one["version"] == version:
                return deed.lab.run_names.get(one["run_id"])
    return None


def sync(deed):
    met = deed.lab.ledger.try_to_meet(deed.person.name, "hub")
    if deed.does("sync").status in DONE:
        met()


def bundle(deed):
    """By file to someone whom the dice choose; nobody else works in this step."""
    others = [person for person in deed.lab.people.values() if person is not deed.person]
    other = deed.rng.choice(others)
    file = deed.lab.folder / (deed.person.fresh("bundle") + ".bundle")
    deed.lab.ledger.try_to_meet(deed.person.name, other.name)
    known = deed.lab.ledger.known
    given = set(known[deed.person.name].must)
    if deed.does("bundle", "create", file).status not in DONE:
        return
    if deed.does("bundle", "apply", file, person=other).status in DONE:
        known[other.name].must |= given


def watch(deed):
    person = deed.person
    person.end_watch()
    words = person.words("sync", "--watch", "--quiet", "--dir", person.folder)
    processes = deed.lab.processes
    person.watch = processes.start(person.name, words, deed.lab.folder, person.variables())
    processes.enlist(person.watch, person.name, "sync --watch")


ALL = {
    "record": record, "train": train, "overwrite": overwrite, "annotate": annotate,
    "promote": promote, "resolve": resolve, "sync": sync, "bundle": bundle, "watch": watch,
    "backup": care.backup, "rebuild": care.rebuild, "doctor": care.doctor,
    "restore": care.restore, "restore_hub": care.restore_hub,
    "copy": care.copy, "put_back": care.put_back,
}
