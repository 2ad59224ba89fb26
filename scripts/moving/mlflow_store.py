"""Fills an MLflow store with a little of everything that the installed MLflow has: URI as the first word.

Runs with MLflow 1.30, 2.x and 3.x; what a version lacks is left out.
"""

import math
import sys

import mlflow
from mlflow.tracking import MlflowClient


def use_dataset(client, run):
    from mlflow.entities import Dataset, DatasetInput, InputTag

    dataset = Dataset("churn", "d1", "http", '{"url": "http://example.org/churn.csv"}', "{}", "{}")
    tag = InputTag("mlflow.data.context", "training")
    client.log_inputs(run, [DatasetInput(dataset, [tag])])


def record(client, experiment):
    with mlflow.start_run(experiment_id=experiment, run_name="first") as run:
        mlflow.log_params({"lr": 0.1, "layers/0/units": 64, "note": "grün\nzweite Zeile"})
        for step, value in enumerate([1.0, math.nan, 0.5, 0.25, 1e-300]):
            mlflow.log_metric("loss", value, step=step)
        mlflow.log_metric("val/acc", 0.75)
        mlflow.log_metric("back", 1.0, step=-3)
        mlflow.set_tags({"team": "a", "mlflow.note.content": "the *first* one"})
        mlflow.log_text("hello\n", "notes/hello.txt")
        mlflow.log_text("", "empty.txt")
        with mlflow.start_run(experiment_id=experiment, run_name="child", nested=True):
            mlflow.log_metric("loss", 3.0, step=1)
        if hasattr(client, "log_inputs"):
            use_dataset(client, run.info.run_id)
    infinite = client.create_run(experiment, start_time=1_700_000_000_000)
    client.log_metric(infinite.info.run_id, "wide", math.inf, timestamp=5, step=0)
    client.log_metric(infinite.info.run_id, "wide", -math.inf, timestamp=6, step=1)
    client.set_terminated(infinite.info.run_id, "FAILED", end_time=1_700_000_001_000)
    deleted = client.create_run(experiment)
    client.log_param(deleted.info.run_id, "kept", "yes")
    client.delete_run(deleted.info.run_id)
    return run.info.run_id


def log_model(run, experiment):
    if not hasattr(mlflow, "initialize_logged_model"):
        return None
    model = mlflow.initialize_logged_model(
        name="net", source_run_id=run, params={"depth": "3"}, tags={"kind": "tree"},
        experiment_id=experiment)
    client = MlflowClient()
    client.log_metric(run, "auc", 0.5, timestamp=7, step=2, model_id=model.model_id)
    mlflow.finalize_logged_model(model.model_id, "READY")
    try:
        from mlflow.entities import LoggedModelOutput

        client.log_outputs(run, models=[LoggedModelOutput(model.model_id, step=2)])
    except ImportError:
        pass
    return model.model_id


def register(client, run):
    client.create_registered_model("churn", tags={"area": "sales"}, description="who leaves")
    for _ in range(3):
        client.create_model_version("churn", f"runs:/{run}/model", run, tags={"seen": "yes"})
    client.delete_model_version("churn", "2")
    client.update_model_version("churn", "3", description="the better one")
    client.transition_model_version_stage("churn", "3", "Production")
    if hasattr(client, "set_registered_model_alias"):
        client.set_registered_model_alias("churn", "champion", "3")


def trace(client, experiment, run):
    """Spans one within another, with what a model took, an error, and what people hold of them."""
    if not hasattr(mlflow, "start_span"):
        return
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_id=run), mlflow.start_span("answer", span_type="AGENT") as root:
        root.set_inputs({"question": "wie heißt\ndas?", "n": 3})
        with mlflow.start_span("ask", span_type="LLM") as call:
            call.set_attributes({"temperature": 0.5, "deep": {"list": [1, 2.5, None, True]}})
            call.set_attribute(
                "mlflow.chat.tokenUsage",
                {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15})
            call.add_event(mlflow.entities.SpanEvent("first token", attributes={"at": 1}))
            call.set_outputs("so")
        root.set_outputs(["so", 1])
    asked = root.request_id if mlflow.__version__.startswith("2.") else root.trace_id
    # An exception of Python's would bring the paths of this machine along.
    with mlflow.start_span("broken") as span:
        span.add_event(
            mlflow.entities.SpanEvent("exception", attributes={"exception.type": "ValueError"}))
        span.set_status("ERROR")
    client.set_trace_tag(asked, "reviewed", "yes")
    if mlflow.__version__.startswith("2."):
        return
    from mlflow.entities import AssessmentSource

    mlflow.flush_trace_async_logging()
    judge = AssessmentSource("LLM_JUDGE", "judge-1")
    first = mlflow.log_feedback(
        trace_id=asked, name="right", value=0.5, source=judge, rationale="half",
        metadata={"seen": "yes"})
    person = AssessmentSource("HUMAN", "ana")
    mlflow.override_feedback(
        trace_id=asked, assessment_id=first.assessment_id, value=True, source=person)
    mlflow.log_expectation(
        trace_id=asked, name="facts", value=["a", {"b": 2}], source=person)
    if hasattr(client, "link_traces_to_run") and not mlflow.get_tracking_uri().startswith("file:"):
        other = client.search_runs(["0"])[0].info.run_id
        client.link_traces_to_run([asked], other)


def main():
    mlflow.set_tracking_uri(sys.argv[1])
    client = MlflowClient()
    experiment = client.create_experiment("churn")
    client.set_experiment_tag(experiment, "owner", "ana")
    client.set_experiment_tag(experiment, "mlflow.note.content", "about churn")
    client.log_param(client.create_run("0").info.run_id, "in", "Default")
    run = record(client, experiment)
    log_model(run, experiment)
    trace(client, experiment, run)
    if not (mlflow.__version__.startswith("1.") and sys.argv[1].startswith("file:")):
        register(client, run)
    gone = client.create_experiment("gone")
    client.create_run(gone)
    client.delete_experiment(gone)


if __name__ == "__main__":
    main()
