"""What was met: how often each fault struck, and during what; what was done, and how it ended."""

import threading
from collections import Counter


class Coverage:
    def __init__(self):
        self.strikes = Counter()  # (fault, during)
        self.commands = Counter()  # (verb, ending)
        self.settings = Counter()
        self._lock = threading.Lock()

    def strike(self, fault, verbs):
        with self._lock:
            for verb in verbs:
                self.strikes[fault, verb] += 1

    def command(self, verb, status):
        ending = {0: "done", 3: "done"}.get(status, "killed" if status < 0 else "failed")
        with self._lock:
            self.commands[verb, ending] += 1

    def setting(self, *names):
        with self._lock:
            self.settings.update(names)

    def add(self, other):
        self.strikes += other.strikes
        self.commands += other.commands
        self.settings += other.settings

    def table(self):
        yield "Rounds with: " + ", ".join(f"{n} {c}" for n, c in sorted(self.settings.items()))
        yield ""
        yield f"{'fault':<22} {'struck':>6}  during"
        for fault in sorted({fault for fault, _ in self.strikes}):
            during = Counter({v: c for (f, v), c in self.strikes.items() if f == fault})
            verbs = ", ".join(f"{verb} {count}" for verb, count in during.most_common())
            yield f"{fault:<22} {sum(during.values()):>6}  {verbs}"
        yield ""
        yield f"{'command':<22} {'done':>6} {'failed':>6} {'killed':>6}"
        for verb in sorted({verb for verb, _ in self.commands}):
            counts = [self.commands[verb, ending] for ending in ("done", "failed", "killed")]
            yield f"{verb:<22} " + " ".join(f"{count:>6}" for count in counts)
