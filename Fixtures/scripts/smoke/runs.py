"""Runs and what is written of them."""

import time

import mlflow
from mlflow.entities import Metric, Param, RunTag
from smoke.checks import TAG, check, client, refused


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
