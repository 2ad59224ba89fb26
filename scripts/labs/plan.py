"""A round's choices, all of them from its seed: who, where, who does what when, and what strikes."""

import random
from dataclasses import dataclass, field

from . import clocks, proxy

LAPTOPS = ("ana", "bo", "cy", "dee")

# What is done, and how often. The last three replace the replica.
WEIGHTS = {
    "record": 4, "train": 3, "overwrite": 8, "annotate": 3, "promote": 3, "resolve": 6, "sync": 11,
    "bundle": 2, "backup": 2, "rebuild": 1, "doctor": 1, "watch": 1,
    "restore": 2, "copy": 1.5, "put_back": 3,
}
ALONE = ("restore", "copy", "put_back", "watch", "bundle")
NOT_OF_THE_HUB = ("sync", "bundle", "watch", "restore", "copy", "put_back")


@dataclass
class Ambush:
    """Meets the task's command of this number, so long after it began."""

    kind: str  # kill, stop
    number: int
    after_seconds: float
    seconds: float


@dataclass
class Task:
    who: str
    activity: str
    seed: int
    ambush: Ambush | None


@dataclass
class Strike:
    fault: str
    who: str
    after_seconds: float
    seconds: float
    seed: int


@dataclass
class Step:
    tasks: list
    strikes: list


@dataclass
class Plan:
    seed: int
    laptops: tuple
    network: str  # links, proxy
    tls: bool
    small_disks: tuple
    troubled_clones: tuple
    clocks: dict = field(default_factory=dict)
    steps: list = field(default_factory=list)


def make(seed, has_own_world, has_clocks):
    rng = random.Random(seed)
    laptops = LAPTOPS[: rng.choices([2, 3, 4], [5, 4, 2])[0]]
    people = ("hub", *laptops)
    links = rng.random() < 0.4 and has_own_world
    tls = rng.random() < 0.4
    disks = tuple(rng.sample(people, rng.choice([1, 1, 2]))) if rng.random() < 0.35 else ()
    troubled = tuple(name for name in laptops if rng.random() < 0.2)
    plan = Plan(seed, laptops, "links" if links else "proxy", tls or links,
                disks if has_own_world else (), troubled)
    styles = {who: rng.choice(clocks.STYLES) for who in people}
    if rng.random() < 0.4 and has_clocks:
        plan.clocks = styles
    plan.steps = [_step(rng, plan, people) for _ in range(rng.randint(4, 7))]
    # Old enough by the time that somebody restores them, or puts them back.
    for who in people:
        if rng.random() < 0.4:
            plan.steps[0].tasks.append(Task(who, "backup", rng.getrandbits(32), None))
        keeps = Task(who, "put_back", rng.getrandbits(32), None)
        if _does(who, "put_back", plan.steps[1:]) and not _clashes(keeps, plan.steps[0].tasks):
            plan.steps[0].tasks.append(keeps)
    return plan


def _does(who, activity, steps):
    return any((t.who, t.activity) == (who, activity) for step in steps for t in step.tasks)


def _step(rng, plan, people):
    if rng.random() < 0.04:
        return Step([Task("hub", "restore_hub", rng.getrandbits(32), _ambush(rng))], [])
    tasks = []
    for _ in range(rng.choice([2, 2, 3, 3])):
        who = rng.choice(people)
        activity = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if who == "hub" and activity in NOT_OF_THE_HUB:
            who, activity = rng.choice(plan.laptops), "sync"
        task = Task(who, activity, rng.getrandbits(32), _ambush(rng))
        if not _clashes(task, tasks):
            tasks.append(task)
    strikes = []
    for _ in range(rng.choice([0, 1, 2, 2, 3])):
        strike = _strike(rng, plan, people, tasks)
        if strike.who not in [other.who for other in strikes]:
            strikes.append(strike)
            _give_it_something(rng, strike, tasks)
    return Step(tasks, strikes)


def _give_it_something(rng, strike, tasks):
    """A fault that meets nobody at work shows nothing."""
    if strike.who == "hub" or any(task.who == strike.who for task in tasks):
        return
    task = Task(strike.who, rng.choice(["sync", "sync", "record"]), rng.getrandbits(32), None)
    if not _clashes(task, tasks):
        tasks.append(task)


def _clashes(task, tasks):
    """A replica is copied or exchanged only while nobody works on it. Whom a bundle meets is drawn later."""
    same = [other for other in tasks if other.who == task.who]
    if task.activity == "bundle":
        return bool(tasks)
    return any(
        other.activity == "bundle" or other in same and {other.activity, task.activity} & set(ALONE)
        for other in tasks
    )


def _ambush(rng):
    chance, number = rng.random(), rng.choice([0, 0, 1, 2])
    after, seconds = rng.uniform(0.001, 0.3), rng.uniform(0.05, 0.5)
    if chance < 0.3:
        return Ambush("kill", number, after, 0)
    if chance < 0.42:
        return Ambush("stop", number, after, seconds)
    return None


def _strike(rng, plan, people, tasks):
    faults = {"kill_hub": 2, "stop_hub": 1}
    if plan.network == "links":
        faults |= {"link_down": 3, "one_way": 3}
    else:
        faults |= {kind: 1 for kind in proxy.KINDS}
    if plan.small_disks:
        faults["full_disk"] = 5
    if plan.clocks:
        faults["clock_leaps"] = 2
    fault = rng.choices(list(faults), list(faults.values()))[0]
    after, seconds = rng.choice([0, rng.uniform(0.02, 0.3)]), rng.uniform(0.05, 0.7)
    anybody, laptop = rng.choice(people), rng.choice(plan.laptops)
    syncing = [task.who for task in tasks if task.activity in ("sync", "watch")]
    if fault == "full_disk":
        who = rng.choice(plan.small_disks)
    elif fault in ("link_down", "one_way", *proxy.KINDS):
        who = rng.choice(syncing) if syncing else laptop
        after = 0 if fault in proxy.KINDS else after
    elif fault == "clock_leaps":
        who = anybody
    else:
        who, after = "hub", rng.uniform(0.02, 0.3)
    return Strike(fault, who, after, seconds, rng.getrandbits(32))
