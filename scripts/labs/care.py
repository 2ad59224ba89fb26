"""Backups, copies and repairs of replicas, in the middle of everything."""

import json
import shutil

from .people import DONE, KILLED_BY_US, Broken

# What may be otherwise for good reasons: a wrong clock, and data that a peer still has to bring.
PASSING = ("clock", "metric data", "artifacts", "values")


def backup(deed):
    person, known_then = deed.person, known_by(deed).copy()
    answer = deed.does("backup", "create", _vault(deed), "--with-key", "--json")
    if answer.status != 0:
        return
    path = json.loads(answer.out)["backup"]
    person.backups.append((path, known_then))
    if deed.rng.random() < 0.3:
        verified = deed.does("backup", "verify", path, folder=False)
        if verified.status not in (0, KILLED_BY_US):
            raise Broken(f"a new backup of {person.name} does not verify: {verified.err}")


def _vault(deed):
    return deed.lab.folder / f"vault-{deed.person.name}"


def restore(deed):
    """In the replica's place; perhaps with what only the old one had, by a bundle."""
    person = deed.person
    person.end_watch()
    if not person.backups:
        return backup(deed)
    path, known_then = deed.rng.choice(person.backups)
    known = known_by(deed)
    known_before = set(known.must)
    # Whatever comes of it, this much is there.
    known.must = set(known_then.must)
    answer = deed.does("backup", "restore", path, person.folder, "--json", folder=False)
    deed.lab.coverage.strike("restored a backup", [f"status {answer.status}"])
    if answer.status != 0:
        return
    aside = json.loads(answer.out)["set_aside"]
    if aside and deed.rng.random() < 0.6:
        old = deed.lab.folder / (person.fresh("old") + ".bundle")
        created = deed.does("bundle", "create", old, folder=aside)
        if created.status not in DONE:
            return
        if deed.does("bundle", "apply", old).status in DONE:
            known.must |= known_before
        else:
            person.unapplied.append(old)


def apply_again(person):
    """What came by a bundle only in part comes whole."""
    for bundle in person.unapplied:
        answer = person.does("bundle", "apply", bundle)
        if answer.status not in DONE:
            raise Broken(f"{person.name}: a bundle cannot be applied again: {answer.err}")
    person.unapplied = []


def restore_hub(deed):
    deed.lab.hub.stop()
    restore(deed)
    restore_if_missing(deed.person)
    deed.lab.hub.start()


def restore_if_missing(person):
    """After a restore that was killed between setting the old one aside and the new one's place."""
    if (person.folder / ".fieldbook").exists():
        return
    path, _ = person.backups[-1]
    answer = person.does("backup", "restore", path, person.folder, folder=False)
    if answer.status != 0:
        raise Broken(f"{person.name}: a restore cannot be done again: {answer.err}")


def copy(deed):
    """A plain `cp -r`, which goes on beside the original."""
    person, lab = deed.person, deed.lab
    person.end_watch()
    if person.twin:
        return
    same_home = deed.rng.random() < 0.5
    lab.add_twin(person, same_home)
    _copy(person.folder, person.twin.folder)
    lab.coverage.strike("copied with cp -r", ["same home" if same_home else "another home"])


def put_back(deed):
    """The first time a plain `cp -r` is kept; later it takes the replica's place, and nobody is told."""
    person = deed.person
    person.end_watch()
    if not person.raw_copy:
        person.raw_copy = (deed.lab.folder / person.fresh("raw"), known_by(deed).copy())
        _copy(person.folder, person.raw_copy[0])
        return
    path, known_then = person.raw_copy
    fresh, place = person.folder / "fresh", person.folder / ".fieldbook"
    try:
        _copy(path, fresh)
    except OSError:  # A full disk.
        return shutil.rmtree(fresh)
    shutil.rmtree(place)
    (fresh / ".fieldbook").rename(place)
    fresh.rmdir()
    known_by(deed).must = set(known_then.must)
    deed.lab.coverage.strike("an old copy put back", ["between commands"])


def known_by(deed):
    return deed.lab.ledger.known[deed.person.name]


def _copy(source, target):
    shutil.copytree(source / ".fieldbook", target / ".fieldbook", dirs_exist_ok=True)


def rebuild(deed):
    answer = deed.does("rebuild")
    if "the tables differed" in answer.err:
        raise Broken(f"{deed.person.name}: rebuild: {answer.err}")


def doctor(deed):
    answer = deed.does("doctor", "--json")
    if not answer.out or deed.lab.disk_is_full(deed.person):
        return
    ill = ailments(answer, PASSING)
    if ill:
        raise Broken(f"{deed.person.name}: doctor: {ill}")


def ailments(answer, passing=()):
    checks = json.loads(answer.out)["checks"]
    return [
        f"{check['name']}: {check['detail']}"
        for check in checks
        if not check["ok"] and check["name"] not in passing
    ]
