"""What is asked of both servers. Each scenario is a function of the twins; names begin with what it
is about."""


def experiments(t):
    a = t.make("exp", t.post("experiments/create", name="alpha"), "experiment_id")
    t.post("experiments/create", name="alpha")
    t.post("experiments/create", name="")
    t.post("experiments/create")
    t.post("experiments/create", name=7)
    t.post("experiments/create", name="x" * 501)
    t.post("experiments/create", name="tagged", tags=[{"key": "k", "value": "v"}])
    t.get("experiments/get", experiment_id=a)
    t.get("experiments/get", experiment_id="99999999")
    t.get("experiments/get", experiment_id="x")
    t.get("experiments/get")
    t.get("experiments/get", experiment_id="0")
    t.get("experiments/get-by-name", experiment_name="alpha")
    t.get("experiments/get-by-name", experiment_name="nope")
    t.get("experiments/get-by-name")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="team", value="vision")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="team", value="speech")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="", value="speech")
    t.post("experiments/set-experiment-tag", experiment_id=a, value="speech")
    t.post("experiments/set-experiment-tag", experiment_id="99999999", key="a", value="b")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="k" * 251, value="b")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="k", value="b" * 5001)
    t.post("experiments/set-experiment-tag", experiment_id=a, key="note", value="ü ☃ \U0001f600")
    t.get("experiments/get", experiment_id=a)
    t.post("experiments/delete-experiment-tag", experiment_id=a, key="team")
    t.post("experiments/delete-experiment-tag", experiment_id=a, key="team")
    t.post("experiments/update", experiment_id=a, new_name="beta")
    t.post("experiments/update", experiment_id=a, new_name="tagged")
    t.post("experiments/update", experiment_id=a)
    t.post("experiments/update", new_name="x")
    t.post("experiments/update", experiment_id="99999999", new_name="x")
    t.get("experiments/get-by-name", experiment_name="alpha")
    t.get("experiments/get-by-name", experiment_name="beta")
    t.post("experiments/delete", experiment_id=a)
    t.post("experiments/delete", experiment_id=a)
    t.get("experiments/get", experiment_id=a)
    t.get("experiments/get-by-name", experiment_name="beta")
    t.post("experiments/create", name="beta")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="late", value="x")
    t.post("experiments/update", experiment_id=a, new_name="gamma")
    t.post("runs/create", experiment_id=a, start_time=5)
    t.post("experiments/restore", experiment_id=a)
    t.post("experiments/restore", experiment_id=a)
    t.post("experiments/restore", experiment_id="99999999")
    t.post("experiments/delete")
    t.post("experiments/delete", experiment_id="99999999")
    t.get("experiments/get", experiment_id=a)


def experiments_search(t):
    for index in range(7):
        name = f"s{index}"
        tags = [{"key": "parity", "value": str(index % 2)}, {"key": "n", "value": name}]
        t.make("exp", t.post("experiments/create", name=name, tags=tags), "experiment_id")
    for fields in (
        {"max_results": 3}, {"max_results": 0}, {"max_results": -1}, {"max_results": 50001},
        {"max_results": "x"}, {}, {"filter": "name = 's3'"}, {"filter": "name LIKE 's%'"},
        {"filter": "name ILIKE 'S%'"}, {"filter": "tags.parity = '1'"},
        {"filter": "tags.parity = '1' AND name != 's3'"}, {"filter": "tag.parity = '0'"},
        {"filter": "tags.none = '1'"}, {"filter": "bogus = 1"}, {"filter": "name > 's'"},
        {"filter": "attribute.name = 's1'"}, {"filter": "attr.name = 's1'"},
        {"filter": "name = s1"}, {"filter": "name = 's1' OR name = 's2'"},
        {"filter": "name IN ('s1', 's2')"}, {"filter": "creation_time > 0"},
        {"filter": "creation_time > 'x'"}, {"filter": "experiment_id = '0'"},
        {"filter": "tags.parity IS NULL"}, {"filter": "tags.parity IS NOT NULL"},
        {"filter": "name LIKE 's_'"}, {"filter": "name = 's1' AND"}, {"filter": "AND"},
        {"filter": "params.x = '1'"}, {"filter": "metrics.x = 1"},
    ):
        if "max_results" not in fields:
            fields["max_results"] = 100
        fields.setdefault("order_by", ["name ASC"])
        t.post("experiments/search", **fields)
    for order in (
        ["name"], ["name DESC"], ["name desc"], ["attribute.name ASC"], ["bogus"], ["name sideways"],
        ["tags.parity"], ["last_update_time DESC", "name"], ["name ASC", "name DESC"], [""],
    ):
        t.post("experiments/search", max_results=50, order_by=order)
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", "BOGUS", 1):
        t.post("experiments/search", max_results=50, order_by=["name"], view_type=view)
    bodies = t.post("experiments/search", max_results=2, order_by=["name"])
    token = t.make("token", bodies, "next_page_token")
    for _ in range(3):
        bodies = t.post(
            "experiments/search", max_results=2, order_by=["name"], page_token=token)
        token = t.make("token", bodies, "next_page_token")
    t.post("experiments/search", max_results=2, page_token="rubbish")
    t.get("experiments/search", max_results=2, order_by="name")


def run(t, experiment="0", **fields):
    fields.setdefault("start_time", 1000)
    fields.setdefault("run_name", "named")
    bodies = t.post("runs/create", experiment_id=experiment, user_id="ana", **fields)
    return t.make("run", bodies, "run", "info", "run_id")


def runs(t):
    r = run(t, tags=[{"key": "a", "value": "1"}])
    t.post("runs/create", experiment_id="0", start_time=3, run_name="", user_id="ana")
    t.post("runs/create", experiment_id="999", start_time=3, run_name="x")
    t.post("runs/create", experiment_id="x", start_time=3, run_name="x")
    t.post("runs/create", start_time=3, run_name="x", user_id="ana")
    t.post("runs/create", experiment_id="0", start_time="x", run_name="x")
    t.post("runs/create", experiment_id="0", start_time=1, run_name="n", tags=[
        {"key": "mlflow.runName", "value": "m"}])
    t.post("runs/create", experiment_id="0", start_time=1, tags=[
        {"key": "mlflow.runName", "value": "only tag"}])
    t.post("runs/create", experiment_id="0", start_time=1, run_name="t", tags=[{"key": "x"}])
    t.post("runs/create", experiment_id="0", start_time=1, run_name="t", tags=[{"value": "x"}])
    t.post("runs/create", experiment_id="0", start_time=1, run_name="t", tags={"key": "x"})
    t.get("runs/get", run_id=r)
    t.get("runs/get", run_uuid=r)
    t.get("runs/get", run_id="0" * 32)
    t.get("runs/get", run_id="nonsense")
    t.get("runs/get")
    for fields in (
        {"key": "p", "value": "1"}, {"key": "p", "value": "1"}, {"key": "p", "value": "2"},
        {"key": "empty", "value": ""}, {"key": "none"}, {"value": "x"}, {"key": "", "value": "x"},
        {"key": "long", "value": "v" * 6001}, {"key": "max", "value": "v" * 6000},
        {"key": "k" * 251, "value": "x"}, {"key": "bad:key?", "value": "x"},
        {"key": "a/b", "value": "x"}, {"key": "../up", "value": "x"}, {"key": "/abs", "value": "x"},
        {"key": "a//b", "value": "x"}, {"key": "uni ☃", "value": "☃"}, {"key": "n", "value": 5},
        {"key": "spaces in it", "value": " v "}, {"key": "dots.and-dash_ok", "value": "1"},
    ):
        t.post("runs/log-parameter", run_id=r, **fields)
    for fields in (
        {"key": "m", "value": 1.5, "timestamp": 10, "step": 0},
        {"key": "m", "value": 1.5, "timestamp": 10, "step": 0},
        {"key": "m", "value": 0.5, "timestamp": 11, "step": 1},
        {"key": "m", "value": 9, "timestamp": 9, "step": 1},
        {"key": "m", "value": "NaN", "timestamp": 12, "step": 2},
        {"key": "inf", "value": "Infinity", "timestamp": 12, "step": 2},
        {"key": "ninf", "value": "-Infinity", "timestamp": 12, "step": 2},
        {"key": "nostep", "value": 1, "timestamp": 12}, {"key": "nots", "value": 1},
        {"key": "noval", "timestamp": 12}, {"value": 1, "timestamp": 12},
        {"key": "text", "value": "abc", "timestamp": 12}, {"key": "bool", "value": True, "timestamp": 1},
        {"key": "neg", "value": 1, "timestamp": -5, "step": -3},
        {"key": "big", "value": 1e308, "timestamp": 1, "step": 9007199254740993},
        {"key": "k" * 251, "value": 1, "timestamp": 1}, {"key": "", "value": 1, "timestamp": 1},
        {"key": "bad:key?", "value": 1, "timestamp": 1}, {"key": "a/b", "value": 1, "timestamp": 1},
        {"key": "fstep", "value": 1, "timestamp": 1, "step": 1.5},
        {"key": "sstep", "value": 1, "timestamp": 1, "step": "3"},
        {"key": "strval", "value": "2.5", "timestamp": 1, "step": 0},
    ):
        t.post("runs/log-metric", run_id=r, **fields)
    for fields in (
        {"key": "t", "value": "1"}, {"key": "t", "value": "2"}, {"key": "u"},
        {"key": "", "value": "x"}, {"value": "x"}, {"key": "k" * 251, "value": "x"},
        {"key": "long", "value": "v" * 8001}, {"key": "max", "value": "v" * 8000},
        {"key": "bad:key?", "value": "x"}, {"key": "mlflow.note.content", "value": "a note"},
        {"key": "mlflow.runName", "value": "renamed by tag"}, {"key": "num", "value": 4},
    ):
        t.post("runs/set-tag", run_id=r, **fields)
    t.get("runs/get", run_id=r)
    t.post("runs/delete-tag", run_id=r, key="t")
    t.post("runs/delete-tag", run_id=r, key="t")
    t.post("runs/delete-tag", run_id=r)
    t.post("runs/delete-tag", run_id="0" * 32, key="t")
    for fields in (
        {"status": "FINISHED", "end_time": 2000}, {"status": "RUNNING"}, {"status": "BOGUS"},
        {"run_name": "new name"}, {"run_name": ""}, {"end_time": 3000}, {}, {"status": "KILLED"},
        {"status": 3}, {"status": "FAILED", "end_time": "x"}, {"status": "SCHEDULED"},
    ):
        t.post("runs/update", run_id=r, **fields)
        t.get("runs/get", run_id=r)
    t.post("runs/update", run_id="0" * 32, status="FINISHED")
    t.post("runs/update", status="FINISHED")
    t.post("runs/delete", run_id=r)
    t.post("runs/delete", run_id=r)
    t.get("runs/get", run_id=r)
    t.post("runs/log-parameter", run_id=r, key="late", value="1")
    t.post("runs/log-metric", run_id=r, key="late", value=1, timestamp=1)
    t.post("runs/set-tag", run_id=r, key="late", value="1")
    t.post("runs/delete-tag", run_id=r, key="u")
    t.post("runs/update", run_id=r, status="FINISHED")
    t.post("runs/log-batch", run_id=r, metrics=[{"key": "z", "value": 1, "timestamp": 1, "step": 0}])
    t.post("runs/restore", run_id=r)
    t.post("runs/restore", run_id=r)
    t.get("runs/get", run_id=r)
    t.post("runs/delete", run_id="0" * 32)
    t.post("runs/restore", run_id="0" * 32)
    t.post("runs/delete")
    t.post("runs/restore")


def metric(key, value, timestamp=1, step=0):
    return {"key": key, "value": value, "timestamp": timestamp, "step": step}


def pair(key, value):
    return {"key": key, "value": value}


def batches(t):
    r = run(t)
    for fields in (
        {}, {"metrics": [], "params": [], "tags": []},
        {"metrics": [metric("a", 1), metric("a", 2, 2, 1)], "params": [pair("p", "1")],
         "tags": [pair("t", "1")]},
        {"params": [pair("p", "1")]}, {"params": [pair("p", "2")]},
        {"params": [pair("q", "1"), pair("q", "2")]}, {"params": [pair("q", "1"), pair("q", "1")]},
        {"params": [pair("fresh", "1"), pair("p", "9")]},
        {"metrics": [metric("a", 1)] * 1001}, {"metrics": [metric(f"k{i}", i) for i in range(1000)]},
        {"params": [pair(f"p{i}", "1") for i in range(101)]},
        {"tags": [pair(f"t{i}", "1") for i in range(101)]},
        {"params": [pair(f"r{i}", "1") for i in range(100)],
         "metrics": [metric("b", i, i, i) for i in range(901)]},
        {"metrics": [{"key": "x"}]}, {"metrics": [{"key": "x", "value": 1}]},
        {"metrics": [{"key": "x", "value": "q", "timestamp": 1}]}, {"metrics": [metric("", 1)]},
        {"metrics": [metric("bad:key?", 1)]}, {"params": [pair("", "1")]}, {"params": [{"key": "x"}]},
        {"params": [pair("k" * 251, "x")]}, {"params": [pair("long", "x" * 6001)]},
        {"tags": [pair("k" * 251, "x")]}, {"tags": [pair("long", "x" * 8001)]}, {"tags": [{"value": "x"}]},
        {"metrics": "no list"}, {"params": [7]}, {"tags": {"a": "b"}},
        {"metrics": [metric("good", 1), metric("bad:key?", 1)]},
        {"metrics": [metric("n", "NaN"), metric("i", "Infinity"), metric("j", "-Infinity")]},
        {"tags": [pair("dup", "1"), pair("dup", "2")]},
        {"tags": [pair("mlflow.runName", "by batch")]},
    ):
        t.post("runs/log-batch", run_id=r, **fields)
    t.get("runs/get", run_id=r)
    t.post("runs/log-batch")
    t.post("runs/log-batch", run_id="0" * 32, params=[pair("a", "1")])
    t("POST", "runs/log-batch", raw=b"{")
    t("POST", "runs/log-batch", raw=b"[]")
    t("POST", "runs/log-batch", raw=b"")
    t("POST", "runs/log-metric", raw=b"7")


def histories(t):
    r = run(t)
    for step in range(12):
        t.post("runs/log-metric", run_id=r, **metric("h", (step * 7) % 5, 100 - step % 3, step // 2))
    for fields in (
        {"metric_key": "h"}, {"metric_key": "none"}, {}, {"metric_key": "h", "max_results": 5},
        {"metric_key": "h", "max_results": 0}, {"metric_key": "h", "max_results": -1},
        {"metric_key": "h", "max_results": "x"}, {"metric_key": "h", "page_token": "rubbish"},
    ):
        t.get("metrics/get-history", run_id=r, **fields)
    bodies = t.get("metrics/get-history", run_id=r, metric_key="h", max_results=5)
    token = t.make("token", bodies, "next_page_token")
    t.get("metrics/get-history", run_id=r, metric_key="h", max_results=5, page_token=token)
    t.get("metrics/get-history", metric_key="h")
    t.get("metrics/get-history", run_id="0" * 32, metric_key="h")
    other = run(t)
    for step in range(40):
        t.post("runs/log-metric", run_id=other, **metric("h", step, step, step))
    for fields in (
        {"run_id": [r, other], "metric_key": "h"}, {"run_id": [r], "metric_key": "h", "max_results": 3},
        {"metric_key": "h"}, {"run_id": [r]}, {"run_id": [r] * 101, "metric_key": "h"},
        {"run_id": ["0" * 32], "metric_key": "h"},
    ):
        t.get("metrics/get-history-bulk", **fields)
    for fields in (
        {"run_ids": [r, other], "metric_key": "h"},
        {"run_ids": [other], "metric_key": "h", "max_results": 5},
        {"run_ids": [other], "metric_key": "h", "start_step": 5, "end_step": 20, "max_results": 4},
        {"run_ids": [other], "metric_key": "h", "start_step": 5},
        {"run_ids": [other], "metric_key": "h", "start_step": 20, "end_step": 5},
        {"run_ids": [other], "metric_key": "h", "max_results": 0},
        {"run_ids": [other], "metric_key": "h", "max_results": 2501},
        {"metric_key": "h"}, {"run_ids": [other]}, {"run_ids": [other] * 101, "metric_key": "h"},
    ):
        t.get("metrics/get-history-bulk-interval", **fields)


def registry(t):
    t.post("registered-models/create", name="m")
    t.post("registered-models/create", name="m")
    t.post("registered-models/create", name="")
    t.post("registered-models/create")
    t.post("registered-models/create", name="a/b")
    t.post("registered-models/create", name="a:b")
    t.post("registered-models/create", name="n" * 257)
    t.post("registered-models/create", name="full", description="d", tags=[pair("k", "v")])
    t.get("registered-models/get", name="full")
    t.get("registered-models/get", name="none")
    t.get("registered-models/get")
    t("PATCH", "registered-models/update", name="m", description="words")
    t("PATCH", "registered-models/update", name="none", description="words")
    t.post("registered-models/rename", name="m", new_name="renamed")
    t.post("registered-models/rename", name="renamed", new_name="full")
    t.post("registered-models/rename", name="renamed", new_name="")
    t.post("registered-models/rename", name="renamed")
    t.post("registered-models/rename", name="none", new_name="x")
    t.post("registered-models/rename", name="renamed", new_name="m")
    t.post("registered-models/set-tag", name="m", key="k", value="v")
    t.post("registered-models/set-tag", name="m", key="k", value="w")
    t.post("registered-models/set-tag", name="m", value="w")
    t.post("registered-models/set-tag", name="none", key="k", value="w")
    t.post("registered-models/set-tag", name="m", key="k" * 251, value="w")
    for length in (8001, 100_000, 100_001):
        t.post("registered-models/set-tag", name="m", key="k", value="w" * length)
    t("DELETE", "registered-models/delete-tag", name="m", key="k")
    t("DELETE", "registered-models/delete-tag", name="m", key="k")
    t.get("registered-models/get", name="m")
    t.post("registered-models/get-latest-versions", name="m")
    t.get("registered-models/get-latest-versions", name="none")
    t.get("registered-models/alias", name="m", alias="champion")
    t.post("registered-models/alias", name="m", alias="champion", version="1")
    t.get("model-versions/get", name="m", version="1")
    t.post("model-versions/create", name="none", source="mlflow-artifacts:/1/models/x")
    t.post("model-versions/create", source="s")
    t("DELETE", "registered-models/delete", name="full")
    t("DELETE", "registered-models/delete", name="full")
    t("DELETE", "registered-models/delete")
    t.get("registered-models/search")
    for fields in (
        {"filter": "name = 'm'"}, {"filter": "name LIKE 'm%'"}, {"filter": "name ILIKE 'M%'"},
        {"filter": "tags.k = 'v'"}, {"filter": "bogus = 'x'"}, {"filter": "name > 'x'"},
        {"max_results": 0}, {"max_results": -1}, {"max_results": 1001}, {"max_results": 1},
        {"order_by": ["name DESC"]}, {"order_by": ["last_updated_timestamp"]}, {"order_by": ["bogus"]},
        {"page_token": "rubbish"}, {"filter": "name = 'm' OR name = 'x'"},
    ):
        t.get("registered-models/search", **fields)


def versions(t):
    t.post("registered-models/create", name="v")
    r = run(t)
    source = f"mlflow-artifacts:/0/{r.name}/artifacts/model"
    tags = [pair("k", "v")]
    # Numbers are drawn until a hub gives final ones: a replica alone is its own hub.
    for fields in (
        {"source": source, "run_id": r}, {"source": source, "run_id": r, "description": "second"},
        {"source": source, "run_id": r, "tags": tags}, {"source": "", "run_id": r}, {"run_id": r},
        {"source": source, "run_id": "0" * 32}, {"source": "/etc/passwd"},
        {"source": "http://example.org/m", "run_id": r},
    ):
        t.post("model-versions/create", name="v", **fields)
    for version in ("1", "2", "9", "x", ""):
        t.get("model-versions/get", name="v", version=version)
        t.get("model-versions/get-download-uri", name="v", version=version)
    t.get("model-versions/get", name="v")
    t.get("model-versions/get", version="1")
    t("PATCH", "model-versions/update", name="v", version="1", description="told")
    t("PATCH", "model-versions/update", name="v", version="9", description="told")
    t.post("model-versions/set-tag", name="v", version="1", key="a", value="b")
    t.post("model-versions/set-tag", name="v", version="9", key="a", value="b")
    t.post("model-versions/set-tag", name="v", version="1", value="b")
    t("DELETE", "model-versions/delete-tag", name="v", version="1", key="a")
    t("DELETE", "model-versions/delete-tag", name="v", version="1", key="a")
    for stage in ("Staging", "production", "Bogus", "", "None", "Archived"):
        t.post("model-versions/transition-stage", name="v", version="1", stage=stage,
               archive_existing_versions=False)
    t.post("model-versions/transition-stage", name="v", version="2", stage="Production",
           archive_existing_versions=True)
    t.post("model-versions/transition-stage", name="v", version="1", stage="Production",
           archive_existing_versions=True)
    t.get("model-versions/get", name="v", version="2")
    t.post("registered-models/get-latest-versions", name="v")
    t.post("registered-models/get-latest-versions", name="v", stages=["Production"])
    t.post("registered-models/get-latest-versions", name="v", stages=["Bogus"])
    for alias, version in (
        ("champion", "1"), ("champion", "2"), ("v1", "1"), ("latest", "1"), ("", "1"),
        ("bad alias!", "1"), ("a" * 256, "1"), ("ok-Alias_1", "9"), ("none", ""),
    ):
        t.post("registered-models/alias", name="v", alias=alias, version=version)
    t.get("registered-models/alias", name="v", alias="champion")
    t.get("registered-models/alias", name="v", alias="none")
    t.get("registered-models/get", name="v")
    t("DELETE", "registered-models/alias", name="v", alias="champion")
    t("DELETE", "registered-models/alias", name="v", alias="champion")
    for text in (
        "name = 'v'", "name LIKE 'v%'", "run_id = 'x'", "source_path = 'x'", "version_number = 1",
        "version_number > 1", "version_number = 'x'", "tags.k = 'v'", "bogus = 'x'", "name > 'v'",
        "name = 'v' OR name = 'w'", "run_id IN ('a', 'b')", "source_path LIKE '%model'",
    ):
        t.get("model-versions/search", filter=text)
    for fields in (
        {"max_results": 1}, {"order_by": ["version_number DESC"]}, {"order_by": ["name"]},
        {"order_by": ["bogus"]}, {"max_results": 200001}, {"page_token": "rubbish"},
    ):
        t.get("model-versions/search", **fields)
    t("DELETE", "model-versions/delete", name="v", version="2")
    t("DELETE", "model-versions/delete", name="v", version="2")
    t.get("model-versions/get", name="v", version="2")
    t.post("registered-models/rename", name="v", new_name="w")
    t.get("model-versions/get", name="w", version="1")
    t.get("model-versions/get", name="v", version="1")


def logged_models(t):
    experiment = t.make("exp", t.post("experiments/create", name="lm"), "experiment_id")
    r = run(t, experiment)
    tags, params = [pair("k", "v")], [pair("p", "1")]
    bodies = t.post(
        "logged-models", experiment_id=experiment, name="net", model_type="torch", tags=tags,
        params=params, source_run_id=r)
    m = t.make("model", bodies, "model", "info", "model_id")
    for fields in (
        {"name": "x"}, {"experiment_id": "999", "name": "x"},
        {"experiment_id": experiment, "name": "a/b"}, {"experiment_id": experiment, "name": "other"},
        {"experiment_id": experiment, "name": "n", "source_run_id": "0" * 32},
        {"experiment_id": experiment, "name": "net", "tags": [pair("t", "x" * 9000)]},
    ):
        t.post("logged-models", **fields)
    t.get(f"logged-models/{m.name}")
    t.get("logged-models/m-" + "0" * 32)
    t.get("logged-models/nonsense")
    for status in ("LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED", "LOGGED_MODEL_PENDING"):
        t("PATCH", f"logged-models/{m.name}", model_id=m, status=status)
    t("PATCH", f"logged-models/{m.name}", model_id=m)
    t.post(f"logged-models/{m.name}/params", model_id=m, params=[pair("q", "2")])
    t.post(f"logged-models/{m.name}/params", model_id=m, params=[pair("q", "3")])
    t("PATCH", f"logged-models/{m.name}/tags", model_id=m, tags=[pair("k", "w"), pair("n", "1")])
    t("PATCH", f"logged-models/{m.name}/tags", model_id=m, tags=[])
    t("DELETE", f"logged-models/{m.name}/tags/n")
    t("DELETE", f"logged-models/{m.name}/tags/n")
    t.post("runs/log-metric", run_id=r, model_id=m, **metric("acc", 0.5))
    t.post("runs/outputs", run_id=r, models=[{"model_id": m, "step": 3}])
    t.post("runs/log-inputs", run_id=r, models=[{"model_id": m}])
    t.get("runs/get", run_id=r)
    t.get(f"logged-models/{m.name}")
    for fields in (
        {}, {"filter": "name = 'net'"}, {"filter": "name LIKE 'n%'"}, {"filter": "params.p = '1'"},
        {"filter": "tags.k = 'w'"}, {"filter": "metrics.acc > 0.1"}, {"filter": "bogus = 1"},
        {"filter": "creation_timestamp > 0"}, {"filter": "name IN ('net', 'x')"},
        {"max_results": 0}, {"max_results": 1}, {"order_by": [{"field_name": "name"}]},
        {"order_by": [{"field_name": "bogus"}]}, {"order_by": [{"field_name": "metrics.acc"}]},
        {"page_token": "rubbish"},
    ):
        t.post("logged-models/search", experiment_ids=[experiment], **fields)
    t.post("logged-models/search")
    t("DELETE", f"logged-models/{m.name}")
    t("DELETE", f"logged-models/{m.name}")
    t.get(f"logged-models/{m.name}")


def artifacts(t):
    r = run(t)
    base = f"/api/2.0/mlflow-artifacts/artifacts/0/{r.name}/artifacts/"
    for path, content in (("a.txt", b"one"), ("deep/b.txt", b"two"), ("deep/er/c.bin", b"\x00\xff")):
        t("PUT", base + path, raw=content)
    t.get("artifacts/list", run_id=r)
    for path in ("deep", "deep/er", "a.txt", "none", "..", "/etc", "deep/../a.txt"):
        t.get("artifacts/list", run_id=r, path=path)
    t.get("artifacts/list", run_id="0" * 32)
    t.get("artifacts/list")
    for path in ("a.txt", "deep/b.txt", "none", "deep"):
        t.get(base + path)
    for path in ("%2e%2e/x", "a%00b"):
        t.get(base + path)
    where = "/api/2.0/mlflow-artifacts/artifacts"
    t.get(where, path=f"0/{r.name}/artifacts")
    t.get(where, path=f"0/{r.name}/artifacts/deep")
    t.get(where, path="../..")
    t("DELETE", base + "a.txt")
    t("DELETE", base + "a.txt")
    t.get("artifacts/list", run_id=r)


def errors(t):
    t("GET", "/api/2.0/mlflow/bogus")
    t("POST", "/api/2.0/mlflow/experiments/bogus")
    t("GET", "/health")
    t("GET", "/version")
    t("POST", "experiments/create", raw=b"{")
    t("POST", "experiments/create", raw=b"[]")
    t("POST", "experiments/create", raw=b"\xff\xfe")
    t("POST", "experiments/create", raw=b'{"name": "dup", "name": "dup2"}')
    t("POST", "experiments/create", raw=b"null")


V3 = "/api/3.0/mlflow/traces"


# Each trace has its own: MLflow orders those of one moment by chance.
ASKED = {}


def trace_info(name, experiment="0", **fields):
    location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
    moment = 678 + ASKED.setdefault(name, len(ASKED))
    info = {
        "trace_id": name, "trace_location": location, "request_time": f"2026-01-02T03:04:05.{moment}Z",
        "execution_duration": "1.250s", "state": "OK", **fields}
    return {"trace": {"trace_info": info}}


def traces(t):
    one, two = "tr-" + "1a" * 16, "tr-" + "2b" * 16
    t.post(V3, **trace_info(
        one, client_request_id="c-1", request_preview="why", response_preview="so",
        trace_metadata={"mlflow.source.name": "a.py", "mlflow.trace.session": "s"},
        tags={"k": "v", "mlflow.traceName": "answer"}))
    t.post(V3, **trace_info(
        two, state="ERROR", request_time="2026-01-02T03:04:06Z", execution_duration="0s",
        trace_metadata={
            "mlflow.trace.tokenUsage": '{"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}',
            "mlflow.trace.cost": '{"input_cost": 0.5, "output_cost": 1e-05, "total_cost": 0.50001}'}))
    for fields in (
        {}, {"trace": {}}, {"trace": 7}, trace_info("tr-x", "99999999"),
        trace_info("a name of its own"),
        trace_info("tr-neg", execution_duration="-1s"), trace_info("tr-tag", tags={"k" * 300: "v" * 9000}),
        trace_info("tr-meta", trace_metadata={"k" * 260: "v" * 300}),
        trace_info(one, state="IN_PROGRESS", tags={"k": "w"}, trace_metadata={"more": "1"}, client_request_id="c-1"),
    ):
        t.post(V3, **fields)
    for name in (one, two, "tr-none", "a name of its own", "tr-tag", "tr-meta", "tr-neg"):
        t.get(f"{V3}/{name.replace(' ', '%20')}")
        t.get(f"traces/{name.replace(' ', '%20')}/info")
    t.get(V3 + "/get", trace_id=one, allow_partial="true")
    t.get(V3 + "/get", trace_id="tr-none")
    t.get(V3 + "/get")
    t.get(V3 + "/batchGet", trace_ids=[one, "tr-none"])
    t.get(V3 + "/batchGet")
    t.post(V3 + "/batchGetInfos", trace_ids=[two, "tr-none"])
    t.post(V3 + "/batchGetInfos")
    for prefix in ("traces", V3):
        for key, value in (
            ("stage", "try"), ("stage", "done"), ("", "x"), ("k" * 251, "x"), ("a//b", "x"),
            ("long", "v" * 9000), ("mlflow.trace.spansLocation", "x"), ("mlflow.traceName", "other"),
        ):
            t("PATCH", f"{prefix}/{one}/tags", key=key, value=value)
        t("PATCH", f"{prefix}/{one}/tags", value="x")
        t("PATCH", f"{prefix}/tr-none/tags", key="a", value="b")
        t("DELETE", f"{prefix}/{one}/tags", key="stage")
        t("DELETE", f"{prefix}/{one}/tags", key="stage")
        t("DELETE", f"{prefix}/{one}/tags")
        t("DELETE", f"{prefix}/tr-none/tags", key="a")
        t.get(f"{V3}/{one}")
    run_id = run(t)
    t.post("traces/link-to-run", trace_ids=[two], run_id=run_id)
    t.post("traces/link-to-run", trace_ids=[two] * 101, run_id=run_id)
    t.post("traces/link-to-run", run_id=run_id)
    t.post("traces/link-to-run", trace_ids=[two], run_id="0" * 32)
    t.post("traces/link-prompts", trace_id=one, prompt_versions=[{"name": "p", "version": "1"}])
    t.post("traces/link-prompts", trace_id=one)
    home = [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}]
    for filter_string in (
        "", "status = 'ERROR'", "trace.status != 'OK'", "attributes.status IN ('OK', 'ERROR')",
        "status NOT IN ('OK')", "tags.k = 'w'", "tags.k != 'x'", "tags.k LIKE 'w%'",
        "tags.none IS NULL", "tags.k IS NOT NULL", "tags.k RLIKE '^w'", "metadata.more = '1'",
        "request_metadata.more = '1'", "metadata.`mlflow.trace.session` = 's'",
        "timestamp_ms > 1767323045678", "timestamp = 1767323046000", "execution_time_ms < 10",
        "execution_time >= 1250", "end_time_ms > 0", "name = 'other'", "name LIKE 'o%'",
        f"request_id = '{one}'", f"request_id IN ('{one}', 'x')", f"run_id = '{run_id.name}'",
        "client_request_id = 'c-1'", "prompt = 'p/1'", "prompt = 'p'", "prompt != 'p/1'",
        "status = OK", "status > 'OK'", "bogus = 'x'", "trace.bogus = 'x'", "bogus.k = 'x'",
        "status = 'OK' AND tags.k = 'w'", "status = 'OK' OR tags.k = 'w'", "status = 7",
        "timestamp_ms = 'x'", "tags.k > 'x'", "tags.k = 7", "metadata.k IN ('a')", "span.bogus = 'x'",
        "span.name = 'none'", "span.content = 'x'", "span.attributes.a = 7", "feedback.x > 'a'",
        "feedback.x = 7", "expectation.y IS NULL", "issue.id = 'i'", "issue.name = 'i'",
        "metadata.`mlflow.trace.tokenUsage` IS NOT NULL", "status", "= 'x'", "text LIKE '%x%'",
    ):
        t.post(V3 + "/search", locations=home, filter=filter_string)
    for fields in (
        {"order_by": ["timestamp_ms ASC"]}, {"order_by": ["timestamp ASC"]},
        {"order_by": ["execution_time DESC"]}, {"order_by": ["status"]}, {"order_by": ["tags.k DESC"]},
        {"order_by": ["metadata.more"]}, {"order_by": ["name ASC"]}, {"order_by": ["bogus"]},
        {"order_by": ["request_id DESC"]}, {"order_by": ["status", "status DESC"]},
        {"order_by": ["span.name"]}, {"max_results": 0}, {"max_results": 501}, {"max_results": -1},
        {"max_results": "x"}, {"page_token": "rubbish"},
    ):
        t.post(V3 + "/search", locations=home, **fields)
    t.post(V3 + "/search")
    t.get("traces", experiment_ids=["0"], filter="status = 'ERROR'")
    t.get("traces")
    for fields in (
        {}, {"experiment_id": "0"}, {"experiment_id": "0", "request_ids": ["tr-none"]},
        {"experiment_id": "0", "request_ids": [one], "max_traces": 1},
        {"experiment_id": "0", "request_ids": [one], "max_timestamp_millis": 1},
        {"experiment_id": "0", "max_timestamp_millis": 1, "max_traces": 0},
        {"experiment_id": "0", "max_timestamp_millis": 1},
        {"experiment_id": "0", "request_ids": [one]}, {"experiment_id": "0", "request_ids": [one]},
        {"experiment_id": "0", "max_timestamp_millis": 4102444800000, "max_traces": 1},
    ):
        t.post("traces/delete-traces", **fields)
    t.get(f"{V3}/{one}")
    t.post(V3 + "/search", locations=home)


def assessments(t):
    trace = "tr-" + "3c" * 16
    t.post(V3, **trace_info(trace))
    where = f"{V3}/{trace}/assessments"
    times = {"create_time": "2026-01-02T03:04:05Z", "last_update_time": "2026-01-02T03:04:05Z"}
    person = {"source_type": "HUMAN", "source_id": "ana"}

    def tell(number, **fields):
        told = {"assessment_id": f"a-{number}", "assessment_name": "n", "source": person, **times, **fields}
        t.post(where, assessment=told)

    for number, value in enumerate((True, 0.5, 3, "text", None, [1, "a"], {"k": 1.5})):
        tell(number, feedback={"value": value})
        tell(f"e{number}", expectation={"value": value})
        t.get(f"{where}/a-{number}")
    tell("s", expectation={"serialized_value": {"serialization_format": "JSON_FORMAT", "value": '{"a": [1]}'}})
    tell("t", expectation={"serialized_value": {"serialization_format": "XML", "value": "<a/>"}})
    tell("f", feedback={"value": 1, "error": {"error_code": "E", "error_message": "m"}})
    tell("r", feedback={"value": 1}, rationale="why", metadata={"a": "b"}, span_id="01")
    tell("o", feedback={"value": 2}, overrides="a-r")
    tell("p", feedback={"value": 2}, overrides="none")
    tell("i", issue={"issue_name": "broken"})
    tell("n")
    t.post(where)
    t.post(f"{V3}/tr-none/assessments", assessment={"assessment_name": "n", "feedback": {"value": 1}, "source": person})
    for one in ("a-r", "a-o", "a-i", "none"):
        t.get(f"{where}/{one}")
    t.get(f"{V3}/tr-none/assessments/a-r")
    for mask, told in (
        ("rationale", {"rationale": "since"}), ("feedback", {"feedback": {"value": "new"}}),
        ("metadata", {"metadata": {"c": "d"}}), ("assessment_name", {"assessment_name": "other"}),
        ("expectation", {"expectation": {"value": 1}}), ("feedback,expectation", {"feedback": {"value": 1}, "expectation": {"value": 2}}),
        ("assessmentName", {"assessment_name": "third"}),
    ):
        t("PATCH", f"{where}/a-r", assessment=told, update_mask=mask)
    t("PATCH", f"{where}/a-r", assessment={})
    t("PATCH", f"{where}/none", assessment={"rationale": "x"}, update_mask="rationale")
    home = [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}]
    for filter_string in (
        "feedback.n = 'true'", "feedback.n = 'text'", "feedback.n > 0.4", "feedback.n != 'text'",
        "expectation.n = 'text'", "feedback.none IS NULL", "feedback.third = 'new'", "issue.id = 'n'",
        "feedback.n LIKE '%ext%'", "feedback.n = '3'", "feedback.n >= 3",
    ):
        t.post(V3 + "/search", locations=home, filter=filter_string)
    t("DELETE", f"{where}/a-o")
    t("DELETE", f"{where}/a-o")
    t.get(f"{where}/a-r")
    t("DELETE", f"{V3}/tr-none/assessments/a-r")


ALL = [
    experiments, experiments_search, runs, batches, histories, registry, versions, logged_models,
    artifacts, errors, traces, assessments,
]
