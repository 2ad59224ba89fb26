"""Runs, what is logged of them, and its history."""


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


ALL = [runs, batches, histories]
