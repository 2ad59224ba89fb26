"""Tags, refusals, deleted runs and searches."""

import time

import mlflow
from mlflow.entities import ViewType
from smoke.checks import TAG, check, client, refused


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
