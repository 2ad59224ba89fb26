"""Faults that strike a machine or its network at a moment of the step, and are over when it ends."""

import random
import signal
import time

from .proxy import KINDS, Distortion


def strike(lab, plan):
    """Strikes, lasts and heals; to be run beside the step's deeds."""
    time.sleep(plan.after_seconds)
    lab.trace.say(f"strike: {plan.fault} {plan.who} for {plan.seconds:.2f} s")
    rng = random.Random(plan.seed)
    if plan.fault in KINDS:
        distort(lab, plan, rng)
    else:
        BY_NAME[plan.fault](lab, plan, rng)


def kill_hub(lab, plan, rng):
    lab.coverage.strike("kill -9 of the hub", lab.processes.busy())
    lab.hub.kill()
    time.sleep(plan.seconds * rng.choice([0, 0.5]))
    lab.hub.start()


def stop_hub(lab, plan, rng):
    process = lab.hub.process
    if process.poll() is not None:
        return
    lab.coverage.strike("stop and go on", ["hub during " + verb for verb in lab.processes.busy()])
    process.send_signal(signal.SIGSTOP)
    time.sleep(plan.seconds)
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)


def link_down(lab, plan, rng):
    with lab.suffers(plan.who, "link down"):
        lab.links.down(plan.who)
        time.sleep(plan.seconds)
        lab.links.up(plan.who)


def one_way(lab, plan, rng):
    towards_hub = rng.random() < 0.5
    with lab.suffers(plan.who, f"link drops {'to' if towards_hub else 'from'} the hub"):
        lab.links.drop(plan.who, towards_hub)
        time.sleep(plan.seconds)
        lab.links.pass_on(plan.who, towards_hub)


def full_disk(lab, plan, rng):
    lab.disks[plan.who].fill(rng.choice([0, 4096, 20_000, 200_000, 1_000_000]))
    with lab.suffers(plan.who, "full disk"):
        time.sleep(plan.seconds)
    lab.disks[plan.who].free()


def clock_leaps(lab, plan, rng):
    with lab.suffers(plan.who, "clock leaps"):
        lab.people[plan.who].clock.leap()
        time.sleep(plan.seconds)


def distort(lab, plan, rng):
    arm(lab, plan.who, plan.fault, rng, plan.seconds)
    time.sleep(plan.seconds)
    lab.proxies[plan.who].heal()


def arm(lab, who, kind, rng, seconds):
    """From now on each new connection of that laptop meets this."""
    distortion = Distortion(
        kind,
        up=rng.random() < 0.5,
        after_bytes=rng.choice([0, int(10 ** rng.uniform(0, 3.2)), int(10 ** rng.uniform(2.5, 5))]),
        seconds=seconds / 4,
        struck=lambda: lab.coverage.strike("proxy: " + kind, lab.verbs_of(who)),
    )
    lab.trace.say(f"{kind} {'up' if distortion.up else 'down'} after {distortion.after_bytes} bytes")
    lab.proxies[who].distort(distortion)


BY_NAME = {
    "kill_hub": kill_hub, "stop_hub": stop_hub, "link_down": link_down, "one_way": one_way,
    "full_disk": full_disk, "clock_leaps": clock_leaps,
}
