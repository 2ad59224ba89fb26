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
