"""Datasets of runs, where experiments keep their files, and what older clients tell of models."""

import json

from runs import pair, run

SUMMARIES = "/ajax-api/2.0/mlflow/experiments/search-datasets"


def used(name, digest, context=None, **more):
    entry = {"dataset": {"name": name, "digest": digest, "source_type": "local", "source": "{}", **more}}
    if context:
        entry["tags"] = [pair("mlflow.data.context", context)]
    return entry


def datasets(t):
    first = t.make("exp", t.post("experiments/create", name="with data"), "experiment_id")
    second = t.make("exp", t.post("experiments/create", name="with more data"), "experiment_id")
    runs = [run(t, first, start_time=1), run(t, first, start_time=2), run(t, second, start_time=3)]
    for index, r in enumerate(runs):
        t.post("runs/log-inputs", run_id=r, datasets=[
            used("a", "1", "train"), used("b", str(index), "test"), used("c", "3"), used("a", "1", "again")])
        t.get("runs/get", run_id=r)
    t.post("runs/log-inputs", run_id=runs[0], datasets=[
        {**used("t", "1", "train"), "tags": [pair("mlflow.data.context", "x"), pair("own", "y"), pair("more", "z")]}])
    for tags in ([pair("k" * 256, "v")], [pair("k", "v" * 501)], [pair("k" * 255, "v" * 500)], [{"key": "k"}]):
        t.post("runs/log-inputs", run_id=runs[1], datasets=[{**used("u", "1"), "tags": tags}])
    t.get("runs/get", run_id=runs[0])
    for ids in ([first], [second], [second, first], [first, first], [], None, ["999"], ["x"], [first] * 21):
        t("POST", SUMMARIES, experiment_ids=ids)
    t("POST", SUMMARIES, raw=b"{}")
    t("POST", SUMMARIES, raw=b"", headers={})
    t("GET", SUMMARIES)
    for text in ("dataset.name = 'a'", "datasets.digest = '1'", "dataset.context = 'train'", "dataset.context != 'train'",
                 "dataset.name LIKE 'a%'", "dataset.name IN ('a', 'b')", "dataset.bogus = 'x'",
                 "dataset.name = 'a' AND dataset.context = 'test'", "dataset.name = 'c' AND dataset.digest = '3'"):
        t.post("runs/search", experiment_ids=[first, second], filter=text, order_by=["attributes.start_time"])


def locations(t):
    for index, location in enumerate((
        "mlflow-artifacts:/x", "s3://bucket/p", "/tmp/x", "file:///tmp/x", "http://h/x", "https://h/x", "ftp://h/x", "runs:/a/b",
        "s3://b/p#f", "/tmp/x;p", "s3://b/p?a=..", "s3://b/p?a=b", "mlflow-artifacts://h/x", "s3://" + "x" * 3000, "hdfs://n/x",
        "models:/m/1", "dbfs:/x", "unknown:/x", "", None, 7, "s3://b/%23", "abfss://c@a/x", "#f",
    )):
        bodies = t.post("experiments/create", name=f"located {index}", artifact_location=location)
        made = t.make("exp", bodies, "experiment_id")
        t.get("experiments/get-by-name", experiment_name=f"located {index}")
        t.post("experiments/set-experiment-tag", experiment_id=made, key="k", value="v")
        t.get("experiments/get", experiment_id=made)


def older(t):
    """`runs/log-model`, by which clients told of models before there were logged ones."""
    r = run(t)
    model = {"artifact_path": "m", "flavors": {"x": {}}, "utc_time_created": "2020", "run_id": r.name}
    for text in (json.dumps(model), json.dumps({**model, "artifact_path": "n"}), "no json", "[]", "7", '"x"',
                 json.dumps({key: value for key, value in model.items() if key != "flavors"})):
        t.post("runs/log-model", run_id=r, model_json=text)
    t.post("runs/log-model", run_id="0" * 32, model_json=json.dumps(model))
    t.post("runs/log-model", model_json=json.dumps(model))
    t.post("runs/log-model", run_id=r)


ALL = [datasets, locations, older]
