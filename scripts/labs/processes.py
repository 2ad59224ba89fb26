"""Processes of one round: started, ambushed, waited for, and none forgotten."""

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

COMMAND_SECONDS_MAX = 100
STRAY_SECONDS_MAX = 20


@dataclass
class Answer:
    """What a command came to; `status` is -9 for one that was killed."""

    status: int
    out: str
    err: str
    seconds: float


class Hung(Exception):
    """A command that did not end in any reasonable time."""


class Processes:
    def __init__(self, folder, trace):
        self.folder = folder
        self.trace = trace
        self.alive = {}  # pid: (process, who, verb)
        self._count = 0
        self._lock = threading.Lock()
        folder.mkdir()

    def start(self, who, words, cwd, env):
        with self._lock:
            self._count += 1
            name = self.folder / f"{self._count:03}-{who}"
        out, err = Path(f"{name}.out"), Path(f"{name}.err")
        with out.open("wb") as out_file, err.open("wb") as err_file:
            process = subprocess.Popen(
                [str(word) for word in words],
                cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out_file, stderr=err_file,
            )
        process.out, process.err = out, err
        return process

    def run(self, who, verb, words, cwd, env, ambush=None):
        """Runs a command to its end; an ambush is called with its process as soon as it runs."""
        begun = time.monotonic()
        process = self.start(who, words, cwd, env)
        self.enlist(process, who, verb)
        if ambush:
            threading.Thread(target=ambush, args=(process, verb), daemon=True).start()
        try:
            process.wait(timeout=COMMAND_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            waits = Path(f"/proc/{process.pid}/wchan").read_text()
            process.kill()
            process.wait()
            raise Hung(f"{who}: {verb} (pid {process.pid}) hung in {waits or '?'}") from None
        finally:
            self.dismiss(process)
        seconds = time.monotonic() - begun
        return Answer(process.returncode, _text(process.out), _text(process.err), seconds)

    def enlist(self, process, who, verb):
        self.alive[process.pid] = (process, who, verb)

    def dismiss(self, process):
        self.alive.pop(process.pid, None)

    def busy(self):
        """The verbs that are under way beside the hub."""
        return sorted({verb for _, _, verb in list(self.alive.values())} - {"hub"}) or ["nothing"]

    def wait_for_end_of(self, word):
        """Of all processes that have this word: a script whose starter was killed may go on a little."""
        deadline = time.monotonic() + STRAY_SECONDS_MAX
        while any(word in words for words in self._strays().values()):
            if time.monotonic() > deadline:
                raise Hung(f"a process with {word} does not end")
            time.sleep(0.02)

    def wait_for_strays(self):
        """Children of commands that were killed end by themselves; those that do not are named."""
        deadline = time.monotonic() + STRAY_SECONDS_MAX
        while strays := self._strays():
            if time.monotonic() > deadline:
                for pid in strays:
                    os.kill(pid, signal.SIGKILL)
                return list(strays.values())
            time.sleep(0.02)
        return []

    def _strays(self):
        parents, names = {}, {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                stat = Path("/proc", entry, "stat").read_text()
                words = Path("/proc", entry, "cmdline").read_bytes()
            except OSError:
                continue
            state, parent = stat[stat.rindex(")") + 2 :].split()[:2]
            pid = int(entry)
            if int(parent) == os.getpid() and state == "Z" and pid not in self.alive:
                _reap(pid)
                continue
            parents[pid] = int(parent)
            names[pid] = words.replace(b"\0", b" ").decode(errors="replace")[:200]
        ours = {os.getpid()}
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        expected = {os.getpid(), *self.alive}
        # A program's own helpers (git, a shell) come and go with it.
        expected |= {pid for pid in ours if parents.get(pid) in self.alive}
        return {pid: names[pid] for pid in ours - expected if names[pid]}


def _reap(pid):
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def _text(path):
    return path.read_text(errors="replace")
