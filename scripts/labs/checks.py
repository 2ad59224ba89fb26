"""What must hold when a round is over and all have met."""

import json
import subprocess

from . import care
from .activities import ALIAS, MODEL
from .people import DONE, Broken
from .versions import CONFIG, CONFIG_TEXT

# What each replica says for itself.
OWN = {"vanished", "here", "mine"}


def state_hash(person):
    answer = person.does("status", "--json")
    if answer.status != 0:
        raise Broken(f"{person.name}: status: {answer.err}")
    return json.loads(answer.out)["state_hash"]


def judge(lab, state, was_mixed):
    """`was_mixed`: there was an earlier program among them."""
    told = _told(lab.people["hub"])
    # The newest replica, which is a copy if somebody was copied, has been through most.
    other = list(lab.people.values())[-1]
    for verb, answer in _told(other).items():
        if answer != told[verb]:
            raise Broken(f"equal hashes, but {other.name} and the hub answer '{verb}' differently")
    troubles = list(_missing(lab, told)) + list(_wrong_registers(lab, told))
    troubles += _doubtful_numbers(lab, told)
    if troubles:
        raise Broken("\n  ".join(troubles))
    for person in lab.people.values():
        if was_mixed:
            _has_what_was_new(person)
        _is_healthy(lab, person)
        _pleases_git(person)
        _rebuilds(person, state)


def _told(person):
    told = {}
    for words in (("runs", "--limit", "100000"), ("models",), ("conflicts",), ("experiments",)):
        answer = person.does(*words, "--json")
        if answer.status not in DONE:
            raise Broken(f"{person.name}: {words[0]}: {answer.err}")
        told[words[0]] = _without_own(json.loads(answer.out))
    return told


def _without_own(value):
    if isinstance(value, dict):
        return {name: _without_own(one) for name, one in value.items() if name not in OWN}
    if isinstance(value, list):
        return [_without_own(one) for one in value]
    return value


def _missing(lab, told):
    """Of what is written once: everything acknowledged is there, and as it was written."""
    runs = {}
    for run in told["runs"]["runs"]:
        runs.setdefault(run["name"], []).append(run)
    for name, same in runs.items():
        if len(same) > 1:
            yield f"{len(same)} runs are named {name}"
    points = {}
    for write, is_required in lab.ledger.once():
        run = runs.get(write.thing, [None])[0]
        if write.kind == "points":
            least, most = points.get((write.thing, write.key), (0, 0))
            points[write.thing, write.key] = (least + write.value * is_required, most + write.value)
        elif is_required and not (run and _has(run, write, told)):
            yield f"acknowledged and lost: {write}"
    for (thing, key), (least, most) in points.items():
        run = runs.get(thing, [{"metrics": {}}])[0]
        count = run["metrics"].get(key, {"count": 0})["count"]
        if not least <= count <= most:
            yield f"{thing} has {count} points of {key}: {least} acknowledged, {most} tried"


def _has(run, write, told):
    match write.kind:
        case "run":
            return True
        case "ended":
            return run["status"] == write.value
        case "param" | "tag":
            return run[write.kind + "s"].get(write.key) == write.value
        case "label":
            return write.key in run["labels"]
        case "comment":
            return write.key in [comment["text"] for comment in run["comments"]]
        case "artifact":
            return (write.key, write.value) in [(a["path"], a["sha256"]) for a in run["artifacts"]]
        case "version":
            return run["run_id"] in [version["run_id"] for version in _model(told)["versions"]]
    raise AssertionError(write.kind)


def _model(told):
    return next(model for model in told["models"]["models"] if model["name"] == MODEL)


def _wrong_registers(lab, told):
    """Of what is overwritten: every value that nobody had seen when it was replaced is left."""
    for (thing, key), must, may in lab.ledger.registers():
        left = _left(told, thing, key)
        if must - left:
            yield f"lost: {thing} {key} was {must - left}, and nobody overwrote it; left: {left}"
        tried = {w.value for w in lab.ledger.writes.values() if (w.thing, w.key) == (thing, key)}
        if (left & tried) - may:
            yield f"{thing} {key} is still {left - may}, which somebody had overwritten"
        if left - tried - {None, "shared"}:
            yield f"{thing} {key} is {left - tried}, which nobody wrote"


def _left(told, thing, key):
    """The values that a field has: the one shown, or the sides of its conflict."""
    field = f"aliases.{ALIAS}" if thing == MODEL else key
    for conflict in told["conflicts"]["conflicts"]:
        if conflict["field"] == field and conflict["entity"]["name"] == thing:
            return {_plain(told, thing, side["value"]) for side in conflict["sides"]}
    if thing == MODEL:
        alias = _model(told)["aliases"].get(ALIAS, {"version": None})
        return {_plain(told, thing, alias["version"])}
    run = next(run for run in told["runs"]["runs"] if run["name"] == thing)
    return {run["tags"].get(key.removeprefix("tags.")) if key.startswith("tags.") else run[key]}


def _plain(told, thing, value):
    """A version is known by the name of its run."""
    if thing != MODEL or value is None:
        return value
    run_id = next(v["run_id"] for v in _model(told)["versions"] if v["version"] == value)
    return next(run["name"] for run in told["runs"]["runs"] if run["run_id"] == run_id)


def _doubtful_numbers(lab, told):
    versions = _model(told)["versions"]
    provisional = [version["version"] for version in versions if not version["final"]]
    if provisional:
        yield f"the hub has seen these versions and numbered none of them: {provisional}"
    numbers = [version["version"].split("~")[0] for version in versions if version["final"]]
    twins = {number for number in numbers if numbers.count(number) > 1}
    kinds = {conflict["kind"] for conflict in told["conflicts"]["conflicts"]}
    if twins and "version" not in kinds:
        yield f"final numbers that were given twice, and no conflict: {twins}"


def _is_healthy(lab, person):
    answer = person.does("doctor", "--json")
    # Changes that a wrong clock dated years ahead stay what they are.
    ill = care.ailments(answer, ("clock",) if lab.plan.clocks else ())
    if ill:
        raise Broken(f"{person.name}: doctor: {ill}")


def _has_what_was_new(person):
    """It came through programs that did not know it, and lay in databases of theirs."""
    answer = person.does("config", "show", CONFIG)
    if answer.status != 0 or answer.out != CONFIG_TEXT:
        raise Broken(f"{person.name}: the config is {answer.out!r}: {answer.err}")


def _pleases_git(person):
    """Snapshots and configs: whatever was killed, git itself finds nothing wrong."""
    repository = person.folder / ".fieldbook" / "repository.git"
    if not (repository / "HEAD").exists():
        return
    words = ["git", "--git-dir", repository, "fsck", "--full", "--strict", "--no-dangling"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    # Where nobody shared a config there is no branch yet.
    said = [line for line in lines if not line.startswith("notice: HEAD points to an unborn")]
    if done.returncode or said:
        raise Broken(f"{person.name}: git fsck ended with {done.returncode}: {said[-8:]}")


def _rebuilds(person, before):
    answer = person.does("rebuild", "--json")
    if answer.status != 0:
        raise Broken(f"{person.name}: rebuild: {answer.err}")
    rebuilt = json.loads(answer.out)
    if rebuilt["changed"] or rebuilt["after"] != before:
        raise Broken(f"{person.name}: a rebuild changes the state: {rebuilt}")
