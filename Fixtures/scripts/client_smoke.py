"""What scripts do with an MLflow server, each call read back.

Knows nothing of the server but its address, so it shows the same against any:

    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python client_smoke.py

Needs mlflow-skinny (or mlflow), numpy, pandas and scikit-learn. Prints one line a check; the exit
status is the number of checks that failed.
"""

import math
import os
import sys
import tempfile
import time
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

TAG = uuid.uuid4().hex[:8]
client = MlflowClient()
checks = []


def check(function):
    checks.append(function)
    return function


def refused(code, text, call, *args, **named):
    """The server says no, with this code and a message that holds this text."""
    try:
        call(*args, **named)
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
        assert text in str(error), str(error)
        return
    raise AssertionError(f"not refused: {call}")


@check
def experiments_are_made_found_changed_and_deleted():
    name = f"smoke-{TAG}"
    made = client.create_experiment(name, tags={"team": "a", "mlflow.note.content": "first"})
    found = client.get_experiment(made)
    assert found.name == name and found.lifecycle_stage == "active"
    assert found.tags == {"team": "a", "mlflow.note.content": "first"}, found.tags
    assert found.artifact_location.startswith("mlflow-artifacts:/")
    assert client.get_experiment_by_name(name).experiment_id == made
    assert client.get_experiment_by_name(name + "-none") is None
    client.set_experiment_tag(made, "team", "b")
    client.set_experiment_tag(made, "mlflow.note.content", "second")
    assert client.get_experiment(made).tags == {"team": "b", "mlflow.note.content": "second"}
    client.delete_experiment_tag(made, "team")
    assert "team" not in client.get_experiment(made).tags
    refused("RESOURCE_ALREADY_EXISTS", "already exists", client.create_experiment, name)
    refused("RESOURCE_DOES_NOT_EXIST", "No Experiment with id=", client.get_experiment, "77777777")
    client.rename_experiment(made, name + "-renamed")
    assert client.get_experiment(made).name == name + "-renamed"
    client.delete_experiment(made)
    assert client.get_experiment(made).lifecycle_stage == "deleted"
    ids = [e.experiment_id for e in mlflow.search_experiments(view_type=ViewType.ACTIVE_ONLY)]
    assert made not in ids
    ids = [e.experiment_id for e in mlflow.search_experiments(view_type=ViewType.DELETED_ONLY)]
    assert made in ids
    client.restore_experiment(made)
    assert client.get_experiment(made).lifecycle_stage == "active"


@check
def the_default_experiment_is_there():
    default = client.get_experiment("0")
    assert default.name == "Default", default.name
    with mlflow.start_run(run_name="in default") as run:
        mlflow.log_param("where", "default")
    assert run.info.experiment_id == "0"


@check
def experiments_are_searched():
    made = [client.create_experiment(f"find-{TAG}-{n}", tags={"n": str(n)}) for n in range(3)]
    found = mlflow.search_experiments(filter_string=f"name LIKE 'find-{TAG}-%'")
    assert sorted(e.experiment_id for e in found) == sorted(made)
    found = mlflow.search_experiments(
        filter_string=f"name LIKE 'find-{TAG}-%' AND tags.n = '1'", order_by=["name ASC"]
    )
    assert [e.experiment_id for e in found] == [made[1]]
    page = client.search_experiments(
        filter_string=f"name LIKE 'find-{TAG}-%'", max_results=2, order_by=["name ASC"]
    )
    assert len(page) == 2 and page.token
    rest = client.search_experiments(
        filter_string=f"name LIKE 'find-{TAG}-%'",
        max_results=2,
        order_by=["name ASC"],
        page_token=page.token,
    )
    assert [e.name for e in page + rest] == [f"find-{TAG}-{n}" for n in range(3)]
    assert not rest.token


@check
def the_usual_script_records():
    experiment = mlflow.set_experiment(f"usual-{TAG}")
    with mlflow.start_run(run_name="first", tags={"stage": "dev"}, description="why") as run:
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"depth": 3, "name": "ä/ö ☃", "empty": ""})
        mlflow.log_metric("loss", 0.5, step=0)
        mlflow.log_metric("loss", 0.25, step=1)
        mlflow.log_metrics({"acc": 0.75, "f1": 0.5}, step=1)
        mlflow.set_tag("colour", "blue")
        mlflow.set_tags({"a": 1, "b": "x"})
    found = client.get_run(run.info.run_id)
    assert found.info.experiment_id == experiment.experiment_id
    assert found.info.run_name == "first" and found.info.status == "FINISHED"
    assert found.info.lifecycle_stage == "active"
    assert found.info.end_time >= found.info.start_time
    assert found.data.params == {"lr": "0.1", "depth": "3", "name": "ä/ö ☃", "empty": ""}
    assert found.data.metrics == {"loss": 0.25, "acc": 0.75, "f1": 0.5}
    tags = found.data.tags
    assert tags["stage"] == "dev" and tags["colour"] == "blue" and tags["a"] == "1"
    assert tags["mlflow.runName"] == "first" and tags["mlflow.note.content"] == "why"
    assert tags["mlflow.user"] == found.info.user_id or found.info.user_id
    assert mlflow.last_active_run().info.run_id == run.info.run_id


@check
def a_run_without_a_name_is_given_one():
    mlflow.set_experiment(f"usual-{TAG}")
    with mlflow.start_run() as run:
        pass
    assert client.get_run(run.info.run_id).info.run_name


@check
def runs_nest():
    mlflow.set_experiment(f"nested-{TAG}")
    with mlflow.start_run() as parent:
        for n in range(3):
            with mlflow.start_run(nested=True, run_name=f"child {n}"):
                mlflow.log_metric("n", n)
    found = mlflow.search_runs(
        filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'",
        order_by=["metrics.n DESC"],
    )
    assert list(found["tags.mlflow.runName"]) == ["child 2", "child 1", "child 0"]
    assert mlflow.get_parent_run(found["run_id"][0]).info.run_id == parent.info.run_id


@check
def a_run_fails_and_goes_on():
    mlflow.set_experiment(f"usual-{TAG}")
    try:
        with mlflow.start_run() as run:
            raise ValueError("no")
    except ValueError:
        pass
    assert client.get_run(run.info.run_id).info.status == "FAILED"
    with mlflow.start_run(run_id=run.info.run_id):
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_metric("late", 1)
    found = client.get_run(run.info.run_id)
    assert found.info.status == "FINISHED" and found.data.metrics == {"late": 1.0}
    client.set_terminated(run.info.run_id, status="KILLED")
    assert client.get_run(run.info.run_id).info.status == "KILLED"
    client.update_run(run.info.run_id, name="again")
    assert client.get_run(run.info.run_id).info.run_name == "again"


@check
def params_are_written_once():
    run = client.create_run("0").info.run_id
    client.log_param(run, "a", 1)
    client.log_param(run, "a", 1)
    refused("INVALID_PARAMETER_VALUE", "Changing param values is not allowed", client.log_param, run, "a", 2)
    refused(
        "INVALID_PARAMETER_VALUE",
        "Changing param values is not allowed",
        client.log_batch,
        run,
        params=[Param("b", "1"), Param("a", "2")],
    )
    assert client.get_run(run).data.params["a"] == "1"


@check
def batches_are_whole():
    run = client.create_run("0").info.run_id
    now = int(time.time() * 1000)
    client.log_batch(
        run,
        metrics=[Metric("m", n / 7, now + n, n) for n in range(500)],
        params=[Param(f"p{n}", str(n)) for n in range(100)],
        tags=[RunTag(f"t{n}", str(n)) for n in range(100)],
    )
    found = client.get_run(run)
    assert len(found.data.params) == 100 and found.data.params["p7"] == "7"
    assert found.data.tags["t99"] == "99"
    assert found.data.metrics == {"m": 499 / 7}
    history = client.get_metric_history(run, "m")
    assert [(m.step, m.timestamp, m.value) for m in history] == [
        (n, now + n, n / 7) for n in range(500)
    ]
    # The same again, as after a lost answer: nothing twice.
    client.log_batch(run, metrics=[Metric("m", n / 7, now + n, n) for n in range(500)])
    assert len(client.get_metric_history(run, "m")) == 500


@check
def metrics_are_exact():
    run = client.create_run("0").info.run_id
    values = [0.1, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3, 1e-7, 123456789.0]
    for step, value in enumerate(values):
        client.log_metric(run, "v", value, timestamp=1000 + step, step=step)
    client.log_metric(run, "v", 7.0, timestamp=2000, step=-5)
    client.log_metric(run, "v", 8.0, timestamp=2001, step=2**62)
    history = {m.step: m.value for m in client.get_metric_history(run, "v")}
    assert [history[n] for n in range(len(values))] == values
    assert history[-5] == 7.0 and history[2**62] == 8.0
    assert client.get_run(run).data.metrics["v"] == 8.0
    # Two values at one step, and late timestamps.
    client.log_metric(run, "w", 1.0, timestamp=50, step=1)
    client.log_metric(run, "w", 2.0, timestamp=40, step=1)
    client.log_metric(run, "w", 3.0, timestamp=50, step=1)
    assert len(client.get_metric_history(run, "w")) == 3
    assert client.get_run(run).data.metrics["w"] == 3.0
    client.log_metric(run, "nan", float("nan"), timestamp=1, step=0)
    assert math.isnan(client.get_metric_history(run, "nan")[0].value)
    assert math.isnan(client.get_run(run).data.metrics["nan"])
    client.log_metric(run, "inf", float("inf"), timestamp=1, step=0)
    client.log_metric(run, "inf", float("-inf"), timestamp=1, step=1)
    assert [m.value > 1e300 for m in client.get_metric_history(run, "inf")] == [True, False]
    assert client.get_metric_history(run, "none") == []


@check
def long_histories_come_in_pages():
    run = client.create_run("0").info.run_id
    for start in range(0, 30000, 1000):
        client.log_batch(
            run, metrics=[Metric("m", float(n), n, n) for n in range(start, start + 1000)]
        )
    history = client.get_metric_history(run, "m")
    assert [m.step for m in history] == list(range(30000))
    page = client._tracking_client.store.get_metric_history(run, "m", max_results=10)
    assert len(page) == 10 and page.token


@check
def asynchronous_logging_arrives():
    mlflow.set_experiment(f"async-{TAG}")
    with mlflow.start_run() as run:
        futures = [mlflow.log_metric("m", n, step=n, synchronous=False) for n in range(200)]
        futures.append(mlflow.log_param("p", 1, synchronous=False))
        for future in futures:
            future.wait()
    mlflow.flush_async_logging()
    found = client.get_run(run.info.run_id)
    assert found.data.params == {"p": "1"} and found.data.metrics == {"m": 199.0}
    assert len(client.get_metric_history(run.info.run_id, "m")) == 200


@check
def many_threads_record_at_once():
    run = client.create_run("0").info.run_id

    def record(thread):
        for n in range(20):
            client.log_metric(run, f"m{thread}", n, step=n)
        client.set_tag(run, f"t{thread}", "x")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(record, range(8)))
    for thread in range(8):
        assert len(client.get_metric_history(run, f"m{thread}")) == 20


@check
def tags_are_set_and_deleted():
    run = client.create_run("0", tags={"a": "1"}).info.run_id
    client.set_tag(run, "a", "2")
    client.set_tag(run, "k", "x" * 5000)
    client.set_tag(run, "mlflow.note.content", "note")
    client.set_tag(run, "mlflow.runName", "named by tag")
    found = client.get_run(run)
    assert found.data.tags["a"] == "2" and len(found.data.tags["k"]) == 5000
    assert found.data.tags["mlflow.note.content"] == "note"
    assert found.info.run_name == "named by tag"
    client.delete_tag(run, "a")
    assert "a" not in client.get_run(run).data.tags
    refused("RESOURCE_DOES_NOT_EXIST", "No tag with name: a", client.delete_tag, run, "a")


@check
def wrong_input_is_refused_at_once():
    run = client.create_run("0").info.run_id
    started = time.time()
    invalid = "INVALID_PARAMETER_VALUE"
    refused(invalid, "Names may only contain", client.log_metric, run, "a\\b", 1)
    refused(invalid, "Names may be treated as files", client.log_param, run, "../a", 1)
    refused(invalid, "exceeds the maximum length of 250", client.log_metric, run, "k" * 251, 1)
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.log_metric, "0" * 32, "a", 1)
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.get_run, "nope")
    assert time.time() - started < 5, "a refusal is not retried"


@check
def deleted_runs_take_nothing():
    run = client.create_run("0").info.run_id
    client.delete_run(run)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    refused("INVALID_PARAMETER_VALUE", "must be in the 'active' state", client.log_param, run, "a", 1)
    refused("INVALID_PARAMETER_VALUE", "must be in the 'active' state", client.log_metric, run, "a", 1)
    refused("INVALID_PARAMETER_VALUE", "must be in the 'active' state", client.set_tag, run, "a", 1)
    client.restore_run(run)
    client.log_param(run, "a", 1)
    assert client.get_run(run).data.params == {"a": "1"}


@check
def runs_are_searched():
    experiment = mlflow.set_experiment(f"search-{TAG}").experiment_id
    runs = []
    for n in range(5):
        with mlflow.start_run(run_name=f"run {n}", tags={"kind": "even" if n % 2 == 0 else "odd"}) as run:
            mlflow.log_param("lr", f"0.{n}")
            mlflow.log_metric("acc", n / 10)
            if n == 4:
                mlflow.log_metric("rare", float("nan"))
            runs.append(run.info.run_id)

    def names(text, **named):
        return [r.info.run_name for r in client.search_runs([experiment], text, **named)]

    assert sorted(names("")) == [f"run {n}" for n in range(5)]
    assert names("metrics.acc > 0.15", order_by=["metrics.acc ASC"]) == ["run 2", "run 3", "run 4"]
    assert names("metrics.acc >= 0.1 and params.lr = '0.1'") == ["run 1"]
    assert names("tags.kind = 'odd'", order_by=["metrics.acc DESC"]) == ["run 3", "run 1"]
    assert names("tags.`kind` LIKE 'ev%' AND attributes.run_name != 'run 0'", order_by=["run_name"]) == ["run 2", "run 4"]
    assert names(f"run_id IN ('{runs[0]}', '{runs[3]}')", order_by=["params.lr DESC"]) == ["run 3", "run 0"]
    assert names("status = 'FINISHED' AND run_name ILIKE 'RUN 2'") == ["run 2"]
    assert names("attributes.start_time > 0", order_by=["metrics.rare", "metrics.acc"])[0] == "run 4"
    refused("INVALID_PARAMETER_VALUE", "", client.search_runs, [experiment], "metrics.acc > 'x'")
    refused("INVALID_PARAMETER_VALUE", "", client.search_runs, [experiment], "metrics.acc = 1 OR tags.a = 'b'")
    refused("INVALID_PARAMETER_VALUE", "", client.search_runs, [experiment], "bogus.acc = 1")
    page = client.search_runs([experiment], order_by=["metrics.acc"], max_results=2)
    seen = [r.info.run_name for r in page]
    while page.token:
        page = client.search_runs(
            [experiment], order_by=["metrics.acc"], max_results=2, page_token=page.token
        )
        seen += [r.info.run_name for r in page]
    assert seen == [f"run {n}" for n in range(5)], seen
    client.delete_run(runs[0])
    assert len(names("")) == 4
    assert names("", run_view_type=ViewType.DELETED_ONLY) == ["run 0"]
    assert len(names("", run_view_type=ViewType.ALL)) == 5
    table = mlflow.search_runs(experiment_names=[f"search-{TAG}"], order_by=["metrics.acc DESC"])
    assert list(table["metrics.acc"]) == [0.4, 0.3, 0.2, 0.1]
    assert list(table["params.lr"])[0] == "0.4"


@check
def artifacts_travel():
    mlflow.set_experiment(f"artifacts-{TAG}")
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "plain.txt"), "w") as file:
            file.write("hello")
        with open(os.path.join(folder, "odd name ä#1%20.bin"), "wb") as file:
            file.write(bytes(range(256)) * 4096)
        with open(os.path.join(folder, "nothing"), "wb"):
            pass
        os.mkdir(os.path.join(folder, "deep"))
        with open(os.path.join(folder, "deep", "data.json"), "w") as file:
            file.write("{}")
        mlflow.log_artifact(os.path.join(folder, "plain.txt"))
        mlflow.log_artifact(os.path.join(folder, "nothing"), "some/where")
        mlflow.log_artifacts(os.path.join(folder, "deep"), "deep")
        mlflow.log_text("text", "notes/a.txt")
        mlflow.log_dict({"a": 1}, "notes/b.json")
        run_id = run.info.run_id
        assert [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run_id)] == [
            ("deep", True, None),
            ("notes", True, None),
            ("plain.txt", False, 5),
            ("some", True, None),
        ], client.list_artifacts(run_id)
        assert [f.path for f in client.list_artifacts(run_id, "notes")] == [
            "notes/a.txt",
            "notes/b.json",
        ]
        assert client.list_artifacts(run_id, "plain.txt") == []
        assert client.list_artifacts(run_id, "none") == []
        assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "text"
        assert mlflow.artifacts.load_dict(f"runs:/{run_id}/notes/b.json") == {"a": 1}
        mlflow.log_text("other", "notes/a.txt")
        assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "other"
        got = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="", dst_path=os.path.join(folder, "got"))
        assert open(os.path.join(got, "deep", "data.json")).read() == "{}"
        assert os.path.getsize(os.path.join(got, "some", "where", "nothing")) == 0
        try:
            mlflow.artifacts.load_text(f"runs:/{run_id}/notes/none.txt")
        except Exception as error:
            assert "No such artifact" in str(error) or "none.txt" in str(error), error
        else:
            raise AssertionError("found what is not there")


@check
def odd_file_names_survive():
    run_id = client.create_run("0").info.run_id
    with tempfile.TemporaryDirectory() as folder:
        for name in ["with space.txt", "ümlaut.txt", "a+b.txt"]:
            with open(os.path.join(folder, name), "w") as file:
                file.write(name)
        client.log_artifacts(run_id, folder, "odd names")
        names = sorted(os.path.basename(f.path) for f in client.list_artifacts(run_id, "odd names"))
        assert names == sorted(os.listdir(folder)), names
        got = client.download_artifacts(run_id, "odd names", folder)
        for name in names:
            assert open(os.path.join(got, name)).read() == name


@check
def large_artifacts_stream():
    run_id = client.create_run("0").info.run_id
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.bin")
        block = os.urandom(1 << 20)
        with open(path, "wb") as file:
            for _ in range(64):
                file.write(block)
        client.log_artifact(run_id, path)
        assert client.list_artifacts(run_id)[0].file_size == 64 << 20
        os.mkdir(os.path.join(folder, "got"))
        got = client.download_artifacts(run_id, "large.bin", os.path.join(folder, "got"))
        with open(got, "rb") as file:
            for _ in range(64):
                assert file.read(1 << 20) == block
            assert file.read() == b""


@check
def inputs_are_noted():
    import numpy
    import pandas

    mlflow.set_experiment(f"inputs-{TAG}")
    with mlflow.start_run() as run:
        frame = pandas.DataFrame({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5]})
        mlflow.log_input(mlflow.data.from_pandas(frame, name="train"), context="training")
        mlflow.log_input(mlflow.data.from_numpy(numpy.zeros((3, 2)), name="eval"), context="eval")
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    found = {(i.dataset.name, i.tags[0].key, i.tags[0].value) for i in inputs}
    assert found == {
        ("train", "mlflow.data.context", "training"),
        ("eval", "mlflow.data.context", "eval"),
    }, found
    assert all(i.dataset.digest and i.dataset.schema and i.dataset.source for i in inputs)
    named = client.search_runs([run.info.experiment_id], "dataset.name = 'train'")
    assert [r.info.run_id for r in named] == [run.info.run_id]


def trained():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    features, labels = load_iris(return_X_y=True)
    return LogisticRegression(max_iter=200).fit(features, labels), features


@check
def autolog_records_a_training():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    experiment = mlflow.set_experiment(f"autolog-{TAG}")
    mlflow.sklearn.autolog(silent=True)
    try:
        features, labels = load_iris(return_X_y=True)
        with mlflow.start_run() as run:
            LogisticRegression(max_iter=200, C=0.5).fit(features, labels)
    finally:
        mlflow.sklearn.autolog(disable=True, silent=True)
    found = client.get_run(run.info.run_id)
    assert found.data.params["C"] == "0.5"
    assert found.data.metrics["training_accuracy_score"] > 0.9
    assert found.data.tags["estimator_name"] == "LogisticRegression"
    assert found.inputs.dataset_inputs
    outputs = found.outputs.model_outputs
    assert len(outputs) == 1
    model = mlflow.get_logged_model(outputs[0].model_id)
    assert model.status == "READY", model.status
    assert model.source_run_id == run.info.run_id
    assert model.experiment_id == experiment.experiment_id
    assert {m.key for m in model.metrics} >= {"training_accuracy_score"}, model.metrics
    assert "estimator.html" in {f.path for f in client.list_artifacts(run.info.run_id)}
    loaded = mlflow.sklearn.load_model(f"models:/{outputs[0].model_id}")
    assert loaded.predict(features).shape == labels.shape


@check
def models_are_logged_registered_and_loaded():
    name = f"iris-{TAG}"
    model, features = trained()
    mlflow.set_experiment(f"models-{TAG}")
    for n in range(2):
        with mlflow.start_run() as run:
            mlflow.log_metric("acc", 0.9 + n / 100)
            info = mlflow.sklearn.log_model(
                model,
                name="model",
                registered_model_name=name,
                params={"n": n},
                serialization_format="cloudpickle",
            )
    logged = mlflow.get_logged_model(info.model_id)
    assert logged.name == "model" and logged.status == "READY"
    assert logged.params == {"n": "1"} and name in logged.tags["mlflow.modelVersions"]
    versions = sorted(client.search_model_versions(f"name = '{name}'"), key=lambda v: v.creation_timestamp)
    assert len(versions) == 2
    newest = versions[-1]
    assert newest.run_id == run.info.run_id and newest.status == "READY"
    client.set_registered_model_alias(name, "champion", newest.version)
    by_alias = client.get_model_version_by_alias(name, "champion")
    assert by_alias.version == newest.version and by_alias.aliases == ["champion"]
    uri = client.get_model_version_download_uri(name, newest.version)
    assert uri.endswith(f"/models/{info.model_id}/artifacts"), uri
    for address in [
        f"models:/{name}@champion",
        f"models:/{name}/{newest.version}",
        f"models:/{info.model_id}",
        f"runs:/{run.info.run_id}/model",
    ]:
        loaded = mlflow.sklearn.load_model(address)
        assert (loaded.predict(features) == model.predict(features)).all(), address
    assert mlflow.pyfunc.load_model(f"models:/{name}@champion").predict(features).shape == (150,)
    client.delete_registered_model_alias(name, "champion")
    refused("INVALID_PARAMETER_VALUE", "alias champion not found", client.get_model_version_by_alias, name, "champion")
    with mlflow.start_run() as other:
        mlflow.sklearn.log_model(model, name="again", serialization_format="cloudpickle")
    made = mlflow.register_model(f"runs:/{other.info.run_id}/again", name)
    assert client.get_model_version(name, made.version).run_id == other.info.run_id


@check
def logged_models_are_found_and_tagged():
    experiment = mlflow.set_experiment(f"logged-{TAG}").experiment_id
    made = mlflow.initialize_logged_model(name="first", tags={"k": "v"}, params={"p": "1"}, model_type="agent")
    other = mlflow.create_external_model(name="second")
    assert mlflow.get_logged_model(made.model_id).status == "PENDING"
    mlflow.finalize_logged_model(made.model_id, "FAILED")
    assert mlflow.get_logged_model(made.model_id).status == "FAILED"
    mlflow.set_logged_model_tags(made.model_id, {"k": "w", "z": "1"})
    mlflow.delete_logged_model_tag(made.model_id, "z")
    assert mlflow.get_logged_model(made.model_id).tags["k"] == "w"
    mlflow.log_model_params({"q": "2"}, made.model_id)
    assert mlflow.get_logged_model(made.model_id).params == {"p": "1", "q": "2"}
    with mlflow.start_run():
        mlflow.log_metric("score", 0.5, model_id=made.model_id)
        mlflow.log_metric("score", 0.75, model_id=other.model_id)
    assert mlflow.get_logged_model(made.model_id).metrics[0].value == 0.5

    def names(text, **named):
        found = mlflow.search_logged_models([experiment], text, output_format="list", **named)
        return [m.name for m in found]

    assert sorted(names(None)) == ["first", "second"]
    assert names("name = 'first'") == ["first"]
    assert names("metrics.score > 0.6") == ["second"]
    assert names("params.p = '1' AND tags.k LIKE 'w%'") == ["first"]
    by_score = [{"field_name": "metrics.score", "ascending": False}]
    assert names("", order_by=by_score) == ["second", "first"]
    client.delete_logged_model(made.model_id)
    assert names(None) == ["second"]


@check
def the_registry_keeps_models():
    name = f"registry-{TAG}"
    client.create_registered_model(name, tags={"a": "1"}, description="what it does")
    refused("RESOURCE_ALREADY_EXISTS", "already exists", client.create_registered_model, name)
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.get_registered_model, name + "-none")
    refused("INVALID_PARAMETER_VALUE", "Names cannot contain", client.create_registered_model, "a/b")
    found = client.get_registered_model(name)
    assert found.description == "what it does" and found.tags == {"a": "1"}
    client.update_registered_model(name, "other")
    client.set_registered_model_tag(name, "b", "2")
    client.delete_registered_model_tag(name, "a")
    found = client.get_registered_model(name)
    assert found.description == "other" and found.tags == {"b": "2"}
    run_id = client.create_run("0").info.run_id
    client.log_text(run_id, "weights", "model/weights.txt")
    source = client.get_run(run_id).info.artifact_uri + "/model"
    made = [
        client.create_model_version(name, source, run_id, tags={"n": str(n)}, description=f"no {n}")
        for n in range(3)
    ]
    assert len({m.version for m in made}) == 3
    first, second, third = (m.version for m in made)
    found = client.get_model_version(name, second)
    assert found.source == source and found.run_id == run_id
    assert found.description == "no 1" and found.tags == {"n": "1"}
    assert found.current_stage == "None"
    client.update_model_version(name, second, "changed")
    client.set_model_version_tag(name, second, "k", "v")
    client.delete_model_version_tag(name, second, "n")
    found = client.get_model_version(name, second)
    assert found.description == "changed" and found.tags == {"k": "v"}
    assert client.get_model_version_download_uri(name, second) == source
    client.set_registered_model_alias(name, "champion", first)
    client.set_registered_model_alias(name, "champion", second)
    client.set_registered_model_alias(name, "challenger", third)
    assert client.get_registered_model(name).aliases == {"champion": second, "challenger": third}
    refused("INVALID_PARAMETER_VALUE", "reserved", client.set_registered_model_alias, name, "latest", first)
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.set_registered_model_alias, name, "x", "999")
    client.transition_model_version_stage(name, first, "Production")
    client.transition_model_version_stage(name, second, "production", archive_existing_versions=True)
    assert client.get_model_version(name, first).current_stage == "Archived"
    assert client.get_model_version(name, second).current_stage == "Production"
    assert [v.version for v in client.get_latest_versions(name, ["Production"])] == [second]
    assert client.get_model_version_by_alias(name, "latest").version == third
    assert [m.name for m in client.search_registered_models(f"name = '{name}'")] == [name]
    assert [m.name for m in client.search_registered_models(f"name LIKE 'registry-{TAG}%' AND tags.b = '2'")] == [name]
    found = client.search_model_versions(f"run_id = '{run_id}'")
    assert sorted(v.version for v in found) == sorted([first, second, third])
    client.delete_model_version(name, third)
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.get_model_version, name, third)
    assert client.get_registered_model(name).aliases == {"champion": second}
    client.rename_registered_model(name, name + "-new")
    assert client.get_model_version(name + "-new", second).name == name + "-new"
    client.delete_registered_model(name + "-new")
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.get_registered_model, name + "-new")
    client.create_registered_model(name + "-new", description="another of that name")
    assert client.get_registered_model(name + "-new").description == "another of that name"
    assert client.get_registered_model(name + "-new").aliases == {}


@check
def unicode_and_large_values_survive():
    run_id = client.create_run("0").info.run_id
    text = "☃ \"quoted\" \\ \n\t " + "ж" * 4000
    client.log_param(run_id, "text", text)
    client.set_tag(run_id, "emoji 🎉".replace(" 🎉", ""), "🎉\u2028")
    found = client.get_run(run_id)
    assert found.data.params["text"] == text and found.data.tags["emoji"] == "🎉\u2028"


def main():
    wanted = sys.argv[1:]
    failed = 0
    for function in checks:
        if wanted and not any(word in function.__name__ for word in wanted):
            continue
        started = time.time()
        try:
            while mlflow.active_run():
                mlflow.end_run()
            mlflow.set_experiment(experiment_id="0")
            function()
            outcome = "ok    "
        except Exception:
            failed += 1
            outcome = "FAILED"
            traceback.print_exc()
        print(f"{outcome} {time.time() - started:6.2f} s  {function.__name__}", flush=True)
    print(f"{len(checks)} checks, {failed} failed" if not wanted else f"{failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main())
