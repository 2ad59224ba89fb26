"""A round from its plan: deeds and faults step by step, then peace, then judgement."""

import traceback
from concurrent.futures import ThreadPoolExecutor

from . import activities, care, checks
from . import plan as plans
from .lab import Lab
from .people import DONE, Broken
from .processes import Hung
from .strikes import strike

QUIET_ROUNDS_MAX = 5


def play(binaries, folder, seed, abilities, coverage, all_proxies):
    """`binaries`: the present program, and an earlier one or None. Returns what was wrong: no lines if all was well."""
    plan = plans.make(seed, *abilities)
    lab = Lab(binaries, folder, plan, coverage, all_proxies)
    troubles = []
    try:
        lab.open()
        for number, step in enumerate(plan.steps):
            lab.trace.say(f"--- step {number}")
            lab.upgrade(lab.versions.come_to(number))
            play_step(lab, step)
        lab.trace.say("--- peace")
        checks.judge(lab, settle(lab), was_mixed=bool(binaries[1]))
    except (Broken, Hung) as trouble:
        troubles.append(str(trouble))
    except KeyboardInterrupt:
        lab.close(keep=False)
        raise
    except Exception:  # A mistake of the lab's own is a failure, too; the rest is still to be ended.
        troubles.append(traceback.format_exc())
    for line in troubles:
        lab.trace.say(f"FAILED {line}")
    return troubles + lab.close(keep=bool(troubles))


def play_step(lab, step):
    watching = watchers(lab)
    deeds = [deed for task in step.tasks if (deed := _deed(lab, task))]
    with ThreadPoolExecutor(max_workers=8) as pool:
        running = [pool.submit(strike, lab, one) for one in step.strikes]
        running += [pool.submit(activity, deed) for activity, deed in deeds]
    for one in running:
        one.result()
    strays = lab.processes.wait_for_strays()
    if strays:
        raise Broken(f"left behind: {strays}")
    lab.hub.look()
    lab.hub.start()
    lab.ledger.end_step((name, "hub") for name in watching | watchers(lab))


def watchers(lab):
    return {person.name for person in lab.people.values() if person.watch}


def _deed(lab, task):
    """A person who has a twin is one of the two."""
    person = lab.people[task.who]
    if person.twin and task.seed % 2:
        person = person.twin
    if not (person.folder / ".fieldbook").exists():
        care.restore_if_missing(person)
    return activities.ALL[task.activity], activities.Deed(lab, person, task)


def settle(lab):
    """Everybody syncs until all hold the same, which must not take long. Returns their state hash."""
    lab.mend()
    for person in lab.people.values():
        person.end_watch()
    for person in lab.people.values():
        care.restore_if_missing(person)
        care.apply_again(person)
    if not lab.hub.start():
        raise Broken("the hub does not start, and nothing is wrong any more")
    laptops = [person for person in lab.people.values() if person.name != "hub"]
    if lab.versions.earlier():
        _meet_all(laptops)
        # What the earlier programs did not know has its effect from here on.
        lab.upgrade(lab.versions.end())
        lab.hub.stop()
        if not lab.hub.start():
            raise Broken("the hub does not start with the present program")
    for number in range(QUIET_ROUNDS_MAX):
        _meet_all(laptops)
        # Who synced first has not heard of the last yet.
        if number:
            hashes = {checks.state_hash(person) for person in lab.people.values()}
            if len(hashes) == 1:
                return hashes.pop()
    raise Broken(f"not quiet after {QUIET_ROUNDS_MAX} rounds of syncs")


def _meet_all(laptops):
    for person in laptops:
        answer = person.does("sync")
        if answer.status not in DONE:
            raise Broken(f"{person.name} cannot sync, and nothing is wrong: {answer.err}")
