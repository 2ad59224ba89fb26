"""Runs with all sorts of values, and generated filters and orders over them."""

import random

KEYS = ["lr", "depth", "Mixed.Case", "with space", "a/b"]
TEXTS = ["0.1", "10", "9", "abc", "ABC", "a%c", "a_c", "", " ", "ünï", "it''s", "100%"]
NUMBERS = [0, 1, -1, 0.5, 2.5, 1e10, -1e-10, 3, "NaN", "Infinity", "-Infinity"]
STATUS = ["RUNNING", "FINISHED", "FAILED", "SCHEDULED", "KILLED"]


def library(t, random_):
    bodies = t.post("experiments/create", name="searched")
    experiment = t.make("exp", bodies, "experiment_id")
    for index in range(40):
        # All differ: what is alike else stands by the runs' ids, which are chance.
        start = 1000 + index * 7919 % 40
        bodies = t.post(
            "runs/create", experiment_id=experiment, start_time=start, run_name=f"run{index % 13}",
            user_id=random_.choice(["ana", "bo"]))
        run = t.make(f"run{index:02}", bodies, "run", "info", "run_id")
        batch = {"params": [], "tags": [], "metrics": []}
        for key in KEYS:
            if random_.random() < 0.7:
                batch["params"].append({"key": key, "value": random_.choice(TEXTS)})
            if random_.random() < 0.6:
                batch["tags"].append({"key": key, "value": random_.choice(TEXTS)})
            if random_.random() < 0.7:
                value = random_.choice(NUMBERS)
                batch["metrics"].append(
                    {"key": key, "value": value, "timestamp": 5, "step": random_.randrange(3)})
        t.post("runs/log-batch", run_id=run, **batch)
        if random_.random() < 0.6:
            t.post(
                "runs/update", run_id=run, status=random_.choice(STATUS),
                end_time=2000 + random_.randrange(5))
        if random_.random() < 0.1:
            t.post("runs/delete", run_id=run)
    return experiment


def identifier(random_):
    family = random_.choice(
        ["metrics", "metric", "params", "param", "parameters", "tags", "tag", "attributes", "attr",
         "attribute", "run", "", "bogus"])
    if family in ("attributes", "attr", "attribute", "run", ""):
        key = random_.choice(
            ["run_name", "status", "start_time", "end_time", "user_id", "run_id", "artifact_uri",
             "created", "Created", "bogus", "run name", "Run ID"])
    else:
        key = random_.choice(KEYS + ["none"])
    if not key.replace("_", "").isalnum() and random_.random() < 0.8:
        key = random_.choice(["`{}`", '"{}"']).format(key)
    return f"{family}.{key}" if family else key


def comparison(random_):
    name = identifier(random_)
    operator = random_.choice(
        ["=", "=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "like", "IN", "NOT IN", "IS NULL",
         "IS NOT NULL", "==", "<>", "~"])
    if operator.startswith("IS"):
        return f"{name} {operator}"
    # Ids are chance: nothing can be said of how they read.
    if ("run_id" in name or "artifact_uri" in name) and operator.lower().endswith("like"):
        operator = "="
    text = random_.choice(TEXTS + ["run1", "run%", "%1", "FINISHED", "r_n1", "%", "ana"])
    if operator.endswith("IN"):
        return f"{name} {operator} ('{text}', 'run2')"
    if random_.random() < (0.7 if "metric" in name or "time" in name else 0.15):
        value = random_.choice(["0", "1", "-1", "0.5", "1e3", "1005", "2.5", "abc", "''", "NaN"])
    else:
        value = random_.choice(["'{}'", "'{}'", "'{}'", '"{}"']).format(text)
    space = random_.choice([" ", " ", "", "  "]) if not operator.isalpha() else " "
    return f"{name}{space}{operator}{space}{value}"


def query(random_):
    count = random_.choice([0, 1, 1, 1, 2, 2, 3])
    joint = random_.choice([" AND ", " and ", " AND  ", " OR "] + [" AND "] * 6)
    return joint.join(comparison(random_) for _ in range(count))


def order(random_):
    clauses = []
    for _ in range(random_.choice([0, 1, 1, 2])):
        direction = random_.choice(["", " ASC", " DESC", " asc", " desc", " bogus"][: 5 + (random_.random() < 0.1)])
        name = identifier(random_)
        # Ids are chance: an order by them says nothing.
        if "run_id" not in name and "artifact_uri" not in name:
            clauses.append(name + direction)
    return clauses


def registry(t, random_):
    """Models and versions with all sorts of tags; three of the models are prompts."""
    for index in range(14):
        tags = [{"key": key, "value": random_.choice(TEXTS)} for key in KEYS[:3] if random_.random() < 0.6]
        if index % 5 == 0:
            tags.append({"key": "mlflow.prompt.is_prompt", "value": "true"})
        t.post("registered-models/create", name=f"g{index % 7}{'AbC'[index % 3]}{index}", tags=tags)
        for number in range(index % 4):
            source = "dummy-source" if index % 5 == 0 else f"s3://bucket/{random_.choice('xyz')}/{number}"
            tags = [{"key": key, "value": random_.choice(TEXTS)} for key in KEYS[:3] if random_.random() < 0.6]
            if index % 5 == 0:
                tags.append({"key": "mlflow.prompt.is_prompt", "value": "true"})
            t.post("model-versions/create", name=f"g{index % 7}{'AbC'[index % 3]}{index}", source=source, tags=tags)


def registry_comparison(random_):
    name = random_.choice(
        ["name", "name", "attributes.name", "attribute.name", "attr.name", "tags.lr", "tag.depth", "tags.`Mixed.Case`",
         "tags.none", "run_id", "source_path", "version_number", "version", "creation_timestamp", "bogus", "metrics.x",
         "tags.`mlflow.prompt.is_prompt`", "tag.`mlflow.prompt.is_prompt`"])
    operator = random_.choice(["=", "=", "!=", "LIKE", "ILIKE", "like", "<", ">=", "IN", "NOT IN", "=="])
    if "prompt" in name:
        return f"{name} {random_.choice(['=', '!='])} '{random_.choice(['true', 'false', 'TRUE'])}'"
    text = random_.choice(TEXTS + ["g0A0", "g%", "%1", "G_B%", "s3://bucket/x/%", "true", ""])
    if operator.endswith("IN"):
        return f"{name} {operator} ('{text}', 'g1b1')"
    if "number" in name and random_.random() < 0.8:
        return f"{name} {operator} {random_.choice(['1', '2', '0', '1.5', 'x'])}"
    return f"{name} {operator} '{text}'"


def experiments(t, random_):
    for index in range(12):
        tags = [{"key": key, "value": random_.choice(TEXTS)} for key in KEYS[:3] if random_.random() < 0.6]
        t.post("experiments/create", name=f"x{index % 5}{'AbC'[index % 3]}{index}", tags=tags)


def experiment_comparison(random_):
    name = random_.choice(
        ["name", "name", "attribute.name", "attributes.name", "tags.lr", "tag.depth", "tags.`Mixed.Case`", "tags.none",
         "experiment_id", "bogus", "params.x", "run.name"])
    operator = random_.choice(["=", "=", "!=", "LIKE", "ILIKE", "ilike", "<", ">=", "IN", "NOT IN", "IS NULL", "IS NOT NULL"])
    text = random_.choice(TEXTS + ["x0A0", "x%", "%1", "X_B%", "Default"])
    if operator.startswith("IS"):
        return f"{name} {operator}"
    if operator.endswith("IN"):
        return f"{name} {operator} ('{text}', '0')"
    # Ids are chance.
    return f"{name} {'=' if name == 'experiment_id' else operator} '{text}'"


def joined(random_, comparison, own):
    """Only among those that were made here: other scenarios leave what the two do not have alike."""
    joint = random_.choice([" AND ", " and "] * 4 + [" OR "])
    return joint.join([own] + [comparison(random_) for _ in range(random_.choice([0, 1, 1, 2]))])


def play_lists(t, count, seed):
    random_ = random.Random(seed)
    registry(t, random_)
    experiments(t, random_)
    for _ in range(count):
        most = random_.choice([3, 100])
        t.get("registered-models/search", filter=joined(random_, registry_comparison, "name LIKE 'g%'"), max_results=most,
              order_by=random_.choice([["name ASC"], ["name DESC"], [], ["name"], ["bogus"], ["name asc"]]))
        t.get("model-versions/search", filter=joined(random_, registry_comparison, "name LIKE 'g%'"), max_results=most,
              order_by=[random_.choice(["name ASC", "name DESC", "name"]), random_.choice(["version_number DESC", "version_number"])])
        t.post("experiments/search", filter=joined(random_, experiment_comparison, "name LIKE 'x%'"), max_results=most,
               order_by=random_.choice([["name ASC"], ["name DESC"], ["name"], ["bogus"]]))


def play(t, count, seed):
    random_ = random.Random(seed)
    experiment = library(t, random_)
    for _ in range(count):
        fields = {"experiment_ids": [experiment], "max_results": random_.choice([3, 100, 100])}
        fields["filter"] = query(random_)
        fields["order_by"] = order(random_)
        if random_.random() < 0.2:
            fields["run_view_type"] = random_.choice(["ALL", "DELETED_ONLY", "ACTIVE_ONLY"])
        t.post("runs/search", **fields)
