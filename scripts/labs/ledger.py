"""What was written and acknowledged, and who can have known of it: told without the program's help.

For each replica two sets of writes bound what it knows. `must`: what it acknowledged, and what came in
exchanges that ended well. `may`: all that it tried to write, and all that those whom it tried to meet may know.
"""

import itertools
import threading
from dataclasses import dataclass, field


@dataclass(eq=False)
class Write:
    """One thing that a command was to record. What is written once has a key that nobody else uses."""

    id: int
    who: str
    kind: str  # run, ended, param, tag, label, comment, artifact, points, version; or register
    thing: str  # a run's name
    key: str
    value: object
    acknowledged: bool = False
    overwrites: frozenset = frozenset()  # what its writer knew for certain
    may_overwrite: set = field(default_factory=set)

    def __str__(self):
        return f"{self.kind} {self.thing} {self.key}={self.value} by {self.who}"


@dataclass
class Knowledge:
    must: set = field(default_factory=set)
    may: set = field(default_factory=set)

    def copy(self):
        return Knowledge(set(self.must), set(self.may))


class Ledger:
    def __init__(self):
        self.writes = {}
        self.known = {}  # who: Knowledge
        self._ids = itertools.count()
        self._lock = threading.Lock()
        self._tried = []  # in this step
        self._meetings = set()

    def join(self, who, knowledge=None):
        self.known[who] = knowledge or Knowledge()

    # Writing

    def try_to_write(self, who, kind, thing, key="", value=""):
        with self._lock:
            write = Write(next(self._ids), who, kind, thing, key, value)
            write.overwrites = frozenset(self.known[who].must)
            self.writes[write.id] = write
            self.known[who].may.add(write.id)
            self._tried.append(write)
        return write

    def acknowledge(self, write):
        with self._lock:
            write.acknowledged = True
            self.known[write.who].must.add(write.id)

    # Meeting

    def try_to_meet(self, one, other):
        """Returns what is to be called if the exchange ends well."""
        with self._lock:
            self._meetings.add((one, other))
            before = self.known[one].must | self.known[other].must

        def met():
            with self._lock:
                self.known[one].must |= before
                self.known[other].must |= before

        return met

    def end_step(self, watching):
        """Bounds what came through in this step, in whatever order its parts took place."""
        meetings = self._meetings | set(watching)
        while True:
            sizes = [len(known.may) for known in self.known.values()]
            for one, other in meetings:
                both = self.known[one].may | self.known[other].may
                self.known[one].may, self.known[other].may = set(both), set(both)
            if sizes == [len(known.may) for known in self.known.values()]:
                break
        for write in self._tried:
            if write.kind == "register":
                write.may_overwrite = self.known[write.who].may - {write.id}
        self._tried, self._meetings = [], set()

    # Judging

    def required(self):
        """Acknowledged, and not lost with a replica that an older copy replaced."""
        return set().union(*(known.must for known in self.known.values()))

    def once(self):
        """The writes of things that are written once, each with whether it must be there."""
        required = self.required()
        for write in self.writes.values():
            if write.kind != "register":
                yield write, write.id in required

    def registers(self):
        """For each register: the values that must be left, and those that may."""
        required = self.required()
        all_of = {}
        for write in self.writes.values():
            if write.kind == "register":
                all_of.setdefault((write.thing, write.key), []).append(write)
        for name, writes in all_of.items():
            must, may = set(), set()
            for write in writes:
                others = [other for other in writes if other is not write]
                if write.id in required and not any(write.id in o.may_overwrite for o in others):
                    must.add(write.value)
                if not any(
                    write.id in other.overwrites and other.id in required for other in others
                ):
                    may.add(write.value)
            yield name, must, may
