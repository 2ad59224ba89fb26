"""A fault that meets one command, so long after it began."""

import signal
import time


def ambush(plan, coverage, trace):
    """What `Processes.run` calls with the process that was met."""

    def strike(process, verb):
        time.sleep(plan.after_seconds)
        if process.poll() is not None:
            return
        trace.say(f"{plan.kind} {verb} (pid {process.pid}) after {plan.after_seconds * 1000:.0f} ms")
        if plan.kind == "kill":
            coverage.strike("kill -9", [verb])
            process.kill()
            return
        coverage.strike("stop and go on", [verb])
        process.send_signal(signal.SIGSTOP)
        time.sleep(plan.seconds)
        process.send_signal(signal.SIGCONT)

    return strike
