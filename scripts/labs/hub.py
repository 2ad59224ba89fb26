"""The hub's process: started, killed, started again on the same port."""

import signal
import threading
import time

from .people import DONE, KILLED_BY_US, Broken, end

START_SECONDS_MAX = 30


class Hub:
    def __init__(self, person, flags):
        self.person = person
        self.flags = flags
        self.port = 0
        self.process = None
        self._lock = threading.Lock()

    def start(self):
        """True if it listens now; false where the replica cannot be served, as on a full disk."""
        with self._lock:
            if self.process and self.process.poll() is None:
                return True
            person = self.person
            words = person.words(
                "hub", "--dir", person.folder, "--workspace", "lab", "--port", str(self.port),
                *self.flags,
            )
            processes = person.lab.processes
            self.process = processes.start("hub", words, person.lab.folder, person.variables())
            processes.enlist(self.process, "hub", "hub")
            return self._listens()

    def _listens(self):
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            lines = self.process.out.read_text(errors="replace").splitlines(keepends=True)
            if lines and lines[0].endswith("\n"):
                self.port = int(lines[0].strip().rsplit(":", 1)[1])
                return True
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        self.person.lab.trace.say(f"the hub did not start: {self._said()}")
        self.kill()
        return False

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self._gone(self.process.wait())

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
        self._gone(end(self.process))

    def _gone(self, status):
        self.person.lab.processes.dismiss(self.process)
        if "Fatal error" in self._said() or status < 0 and status != KILLED_BY_US:
            raise Broken(f"the hub ended with {status}: {self._said()}")
        if status not in (*DONE, KILLED_BY_US):
            self.person.lab.trace.say(f"the hub ended with {status}: {self._said()}")

    def look(self):
        """A hub that ended by itself is noticed; it may, where its disk is full."""
        if self.process.poll() is not None:
            self._gone(self.process.returncode)

    def _said(self):
        return self.process.err.read_text(errors="replace")[-800:]
