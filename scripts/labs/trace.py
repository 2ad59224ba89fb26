"""What happened in a round, line by line, with seconds since it began."""

import threading
import time


class Trace:
    def __init__(self, path):
        self._file = path.open("w", buffering=1)
        self._begun = time.monotonic()
        self._lock = threading.Lock()

    def now(self):
        return f"{time.monotonic() - self._begun:.3f}"

    def say(self, line):
        with self._lock:
            self._file.write(f"{self.now():>8} {line}\n")

    def close(self):
        self._file.close()
