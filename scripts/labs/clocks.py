"""Clocks that are wrong: libfaketime reads the offset from a file, so a clock can leap at any time."""

import glob
import threading

YEAR = 365 * 86400
STYLES = ("true", "ahead", "behind", "leaping", "backwards")


def library():
    """Where libfaketime is, or None."""
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    return found[0] if found else None


class Clock:
    """One machine's clock. It only goes wrong after `begin`, and is right again after `mend`."""

    def __init__(self, file, style, rng):
        self._file = file
        self._style = style
        self._rng = rng
        self._offset = 0
        self._wrong = False
        self._lock = threading.Lock()
        self._write()

    def variables(self):
        return {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def begin(self):
        self._wrong = True
        self._offset = {
            "ahead": self._rng.randint(1, 10 * YEAR),
            "behind": -self._rng.randint(1, 10 * YEAR),
        }.get(self._style, 0)
        self._write()

    def before_command(self):
        """A leaping clock leaps between commands; one that runs backwards is earlier each time."""
        if not self._wrong:
            return
        if self._style == "leaping":
            self.leap()
        elif self._style == "backwards":
            self._offset -= self._rng.randint(1, 3600)
            self._write()

    def leap(self):
        self._offset = self._rng.choice([-1, 1]) * int(10 ** self._rng.uniform(0, 8.5))
        self._write()

    def mend(self):
        self._wrong = False
        self._offset = 0
        self._write()

    def _write(self):
        fresh = self._file.with_suffix(".new")
        with self._lock:
            fresh.write_text(f"{self._offset:+d}\n")
            fresh.rename(self._file)
