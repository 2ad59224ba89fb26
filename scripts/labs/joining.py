"""A laptop joins: by a code and a clone, which may break off and must then go on."""


from .ambush import ambush
from .people import DONE, Broken
from .plan import Ambush
from .proxy import KINDS
from .strikes import arm


def join(lab, person, rng):
    code = lab.people["hub"].does("invite", "--quiet").out.strip()
    words = ("clone", _address(lab, person), person.folder, "--code", code, "--device", person.name)
    if person.name in lab.plan.troubled_clones and _clones_among_faults(lab, person, words, rng):
        return
    answer = person.does(*words, folder=False)
    # Killed when all was done but the last word: then it is a replica.
    if answer.status not in DONE and person.does("sync").status not in DONE:
        raise Broken(f"{person.name} could not clone: {answer.err}")


def _address(lab, person):
    if lab.links:
        host, port = lab.links.hub_address(person.name), lab.hub.port
    else:
        lab.proxies[person.name] = lab.all_proxies.open(lab.hub.port)
        host, port = "127.0.0.1", lab.proxies[person.name].port
    return f"{'https' if lab.plan.tls else 'http'}://{host}:{port}"


def _clones_among_faults(lab, person, words, rng):
    """True if it is a replica now; else the same words must make one."""
    if person.name in lab.proxies:
        arm(lab, person.name, rng.choice(KINDS), rng, 0.5)
    sudden = Ambush("kill", 0, rng.uniform(0.01, 0.2), 0)
    met = ambush(sudden, lab.coverage, lab.trace) if rng.random() < 0.5 else None
    answer = person.does(*words, folder=False, ambush=met)
    if person.name in lab.proxies:
        lab.proxies[person.name].heal()
    return answer.status in DONE
