"""Differences that are meant, each a rule over (scenario, call, place, theirs, ours). The page
docs/mlflow-compatibility.md says why."""


def crash(line):
    """MLflow breaks, with a page of HTML or an error of its database; we say what is wrong."""
    theirs = str(line[3])
    if "'new_name': 'tagged'" in line[1]:
        return True
    return "<!doctype html>" in theirs or "sqlite3." in theirs or "no columns" in theirs or theirs in ("500", "INVALID_STATE")


def after_crash(line):
    """The rest of an answer that begins so."""
    return line[2] in ("body.error_class", "body.sqlstate") and "sqlstate" not in str(line[3]) and (
        line[3] in ("XXM00", "CLIENT_INTERNAL_ERROR"))


def made_up(line):
    """Names that each makes up."""
    if line[2] == "body.model.info.name":
        return "'name': ''" in line[1]
    places = line[2].endswith("run_name") or line[2].endswith("value")
    return places and "'run_name': ''" in line[1]


def user(line):
    """A run that does not say whose it is belongs to whoever runs the server."""
    return line[2].endswith("user_id") and not line[3]


def infinite(line):
    """MLflow's database has no infinity, and gives its greatest number."""
    return "Infinity" in str(line[4]) and "1.7976931348623157e+308" in str(line[3])


def strict(line):
    """What makes no sense is refused, where MLflow takes it for something else."""
    marks = (
        "artifacts/deep {}", "a%00b", "'source': 'http://example.org/m'", "'run_id': '00000000000000000000000000000000'}",
        "'order_by': ['\"run name\"", "'name': 'none', 'source'", "{'name': 'v', 'version': ''}",
        "version_number = 'x'", "timestamp_ms = 'x'", "issue.name = 'i'", "'step': 1.5", "'BOGUS'", "'value': 'q'", "'tags': {", "{'value': 'x'}", "[7]", "'view_type': 7")
    return any(mark in line[1] for mark in marks)


def now(line):
    """When an assessment was changed last, in the JSON of Protocol Buffers."""
    return line[2].endswith("last_update_time") and str(line[3])[:11] == str(line[4])[:11]


def masks(line):
    """Fields that a mask names as MLflow's proto does are changed, too; two values at once are refused."""
    return line[0] == "assessments" and any(
        mark in line[1] for mark in ("'update_mask': 'assessment_name'", "'update_mask': 'feedback,expectation'"))


def json(line):
    """What is no JSON is said to be none."""
    return "b'" in line[1]


def listed(line):
    """Sets that MLflow prints as they come; our texts say the same otherwise."""
    marks = ("Valid keys are", "Valid values are {", "Only the '{", "Invalid comparator", "Invalid clause(s)", "comparator", "'Run ID'")
    return line[2] == "body.message" and any(mark in str(line[3]) for mark in marks) and (
        any(word in str(line[4]) for word in ("Invalid", "Expected", "Only the '{", "comparator")))


def several(line):
    """Of several mistakes in one search each names another one first."""
    return line[0] == "searches" and line[2] == "body.message" and line[4] != "<absent>"


def kinder(line):
    """A run without an experiment goes to the default one, as the client's own default is; the endpoint for several
    histories answers below both prefixes; a column may be named twice in an order; keys that MLflow's parser takes for
    words or signs of SQL's are keys like others."""
    if "'filter': \"text LIKE" in line[1]:
        return True
    searched = line[0] == "searches" and line[4] == "<absent>"
    odd = any(key in line[1] for key in ("Mixed.Case", "a/b", "run name"))
    return (
        "runs/create {'start_time': 3, 'run_name': 'x'" in line[1]
        or "get-history-bulk {" in line[1] or "duplicate fields" in str(line[3])
        or searched and odd and line[2] == "body.message")


def later(line):
    """Of versions that one call changed, ours can be a millisecond apart; a version that MLflow refused is there."""
    return line[0] == "versions" and line[2] not in ("status", "body.error_code") and (
        "model-versions/search" in line[1] or "latest" in line[1] + line[2]
        or "model-versions/get {'name': 'v', 'version': '1'}" in line[1] and "message" in line[2])


def limits(line):
    """A page of nothing is refused everywhere alike."""
    marks = ("'max_results': 0", "'max_results': -1", "'max_results': 'x'", "'max_results': 1001", "200001")
    return any(mark in line[1] for mark in marks)


def unnamed(line):
    """MLflow 3.17 names a class of its own for an attribute that is none."""
    return line[3] in ("ATTRIBUTE_NOT_FOUND", "KAM04")


def ended(line):
    """A run that was ended and goes on has no end."""
    return line[2].endswith("end_time") and line[4] == "<absent>"


def types(line):
    """What has the wrong type is refused, where MLflow drops it in silence or speaks of another thing."""
    return line[0] == "types" and line[4] != "<absent>" and "Hint: Value was of type" in str(line[4])


def by_uuid(line):
    """A run may be named by `run_uuid` everywhere."""
    return line[0] == "spelled" and "run_uuid" in line[1] and line[4] == "<absent>"


def counted(line):
    """A model version's run is one: after `run_id` bad our numbers are one behind."""
    return line[0] in ("sources", "prompts") and ("version" in line[2] or "registered_models" in line[2]) or (
        line[0] == "sources" and ("'run_id': 'bad'" in line[1] or line[2].endswith("tags[0].value")))


def lax(line):
    """Of logged models MLflow takes keys without a rule, states that are none, models that are not there; a call for one that
    was deleted; and its status is found by no name. It cuts no long param. NaN of a model's metric becomes 0 there."""
    if line[0] == "models":
        refused = line[2] == "body.message" and line[3] == "<absent>"
        left = line[1].startswith("GET") and any(
            part in line[2] for part in ("tags", "params", "status", "inputs", "outputs", "metrics"))
        return refused or left or line[2].endswith("params[0].value") or (
            "'model_id'" not in line[1] and "'model_id'" in str(line[3]))
    return line[0] == "model_searches" and (
        "status" in line[1] or "nan" in line[1] or "A b" in line[1] or "['name']" in line[1]
        or "'datasets': [{'dataset_name': 'train'}]" in line[1] or "last_updated_time >" in line[1])


def nan(line):
    return line[0] in ("models", "model_searches") and line[3] == 0.0 and str(line[4]) == "NaN"


def small(line):
    """Operators may be written small everywhere."""
    return line[0] == "searches" and "Invalid comparator" in str(line[3]) and any(
        word in str(line[3]) for word in ("ilike", "'like'", ": like"))


def left_behind(line):
    """What was taken in one way there and in another here."""
    return line[0] == "spelled" and line[2].startswith("body.run.data.tags") or "artifactLocation" in line[1] or (
        line[0] == "types" and line[1].startswith("POST runs/create") and "'tags': [" in line[1])


def tokens(line):
    """Each has its own."""
    return line[2].endswith("next_page_token") and "<absent>" not in (line[3], line[4])


def windows(line):
    """A path with a backslash is none."""
    return "\\\\x" in line[1]


def media(line):
    """What the system's table of types says of a file's ending."""
    return line[2] == "content-type"


def unwritten(line):
    """A description that is taken away is an empty one."""
    return line[2].endswith("description") and line[3] == "<absent>" and line[4] == ""


def unlike(line):
    """What only MLflow has: a gateway; methods that tell of methods."""
    return line[2].endswith("features_enabled.gateway") or "OPTIONS" in line[1] or "'a.txt', 'is_dir'" in str(line[3])


def unmade(line):
    """Refusals of what is not built have no class there."""
    return line[2] in ("body.error_class", "body.sqlstate") and line[3] == "<absent>" and (
        "mpu/" in line[1] or "presigned/" in line[1])


def compared(line):
    """An attribute of a span that equals something: MLflow compares the whole span with it, and it never does."""
    return line[0] == "trace_texts" and ("span.attributes.plain = " in line[1] or "span.attributes.plain != " in line[1])


KNOWN = [nan, tokens, counted, media, unwritten, unlike, unmade, after_crash, made_up, user, infinite, listed, several, later, now,
         unnamed, ended]
# Those that excuse a whole answer.
MEANT = [compared, small, left_behind, windows, lax, types, by_uuid, crash, strict, json, kinder, limits, masks]
