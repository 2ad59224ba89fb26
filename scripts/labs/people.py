"""People with machines of their own, and what a command of theirs came to."""

import itertools
import os
import signal
import time

TWO_WORDS = ("log", "models", "backup", "bundle", "conflicts", "config")
KILLED_BY_US = -signal.SIGKILL
DONE = (0, 3)


class Broken(Exception):
    """Something that must never be; the text says what."""


class Person:
    def __init__(self, lab, name, folder, home, space=None, clock=None):
        self.lab = lab
        self.name = name
        self.machine = name.removesuffix("-2")  # a copy goes on beside its original
        self.folder = folder  # of the replica
        self.home = home
        self.space = space  # the network namespace's words
        self.clock = clock
        self.watch = None
        self.backups = []  # (path, what was known)
        self.unapplied = []  # bundles of which a kill left a part
        self.raw_copy = None
        self.twin = None
        home.mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count()

    def fresh(self, what):
        return f"{what}-{self.name}-{next(self._numbers)}"

    def variables(self):
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("FIELDBOOK_", "MLFLOW_", "XDG_", "PYTHON", "GIT_", "FAKETIME"))
        }
        return kept | {
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / "state"),
            "USER": self.name,
            "FIELDBOOK_DEVICE_NAME": self.name,
            "FIELDBOOK_USER": self.name,
            "SWIFT_BACKTRACE": "enable=no",
            "PYTHONDONTWRITEBYTECODE": "1",
        } | (self.clock.variables() if self.clock else {})

    def words(self, *words):
        return [*(self.space or []), self.lab.versions.program(self.machine), *words]

    def does(self, *words, folder=None, ambush=None):
        """Runs `fieldbook` with these words on this person's replica, to the end."""
        verb = verb_of(words)
        if self.clock:
            self.clock.before_command()
        for fault in self.lab.sufferings[self.machine]:
            self.lab.coverage.strike(fault, [verb])
        at = self.lab.trace.now()
        # What follows `--` is another program's.
        cut = words.index("--") if "--" in words else len(words)
        dir_words = () if folder is False else ("--dir", folder or self.folder)
        all_words = self.words(*words[:cut], *dir_words, *words[cut:])
        answer = self.lab.processes.run(
            self.name, verb, all_words, self.lab.folder, self.variables(), ambush
        )
        self.lab.coverage.command(verb, answer.status)
        said = answer.err.strip().replace("\n", " | ")[-400:]
        self.lab.trace.say(
            f"{self.name} [{at}] {' '.join(map(str, words))}: {answer.status}"
            f" ({answer.seconds:.2f} s) {said if answer.status not in DONE else ''}"
        )
        self._look_at(answer, words)
        return answer

    def _look_at(self, answer, words):
        crashed = answer.status < 0 and answer.status != KILLED_BY_US
        if crashed or answer.status == 64 or "Fatal error" in answer.err:
            raise Broken(f"{self.name}: {words} ended with {answer.status}: {answer.err[-800:]}")

    def end_watch(self):
        if not self.watch:
            return
        process, self.watch = self.watch, None
        ended = end(process)
        self.lab.processes.dismiss(process)
        if ended not in (*DONE, KILLED_BY_US):
            said = process.err.read_text(errors="replace")[-800:]
            raise Broken(f"{self.name}: sync --watch ended with {ended}: {said}")


def verb_of(words):
    return " ".join(words[:2]) if words[0] in TWO_WORDS and words[1].isalpha() else words[0]


def end(process, seconds=25):
    """Ends a process politely; its exit status. One that does not end is an error."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while process.poll() is None:
            if time.monotonic() > deadline:
                process.kill()
                process.wait()
                raise Broken(f"SIGTERM did not end {process.args[-4:]}")
            time.sleep(0.01)
    return process.returncode
