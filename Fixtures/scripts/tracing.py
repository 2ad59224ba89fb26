"""What a program that calls a language model does with MLflow's tracing: traces, spans, tokens, what people hold of
them. Prints one line of JSON, or fails."""

import json

import mlflow
from mlflow.entities import AssessmentSource, SpanType

mlflow.set_experiment("support")


@mlflow.trace(span_type=SpanType.RETRIEVER)
def look_up(question):
    return [{"page": 7, "text": "Refunds take five days."}]


@mlflow.trace(span_type=SpanType.LLM)
def ask_model(question, pages):
    span = mlflow.get_current_active_span()
    span.set_attributes({
        "mlflow.llm.model": "small-1",
        "mlflow.chat.tokenUsage": {"input_tokens": 120, "output_tokens": 8, "total_tokens": 128},
        "mlflow.llm.cost": {"input_cost": 0.0012, "output_cost": 0.0004, "total_cost": 0.0016},
    })
    return "Five days."


@mlflow.trace
def answer(question):
    mlflow.update_current_trace(tags={"release": "v2"}, metadata={"mlflow.trace.session": "s-1"})
    return ask_model(question, look_up(question))


with mlflow.start_run() as run:
    assert answer("How long does a refund take?") == "Five days."
first = mlflow.get_last_active_trace_id()


@mlflow.trace
def broken(question):
    raise ValueError("no model at hand")


try:
    broken("Where is my order?")
except ValueError:
    pass
second = mlflow.get_last_active_trace_id()
mlflow.flush_trace_async_logging()

trace = mlflow.get_trace(first)
names = {span.name for span in trace.data.spans}
assert names == {"answer", "look_up", "ask_model"}, names
by_name = {span.name: span for span in trace.data.spans}
assert by_name["ask_model"].parent_id == by_name["answer"].span_id
assert by_name["look_up"].outputs == [{"page": 7, "text": "Refunds take five days."}]
assert by_name["answer"].inputs == {"question": "How long does a refund take?"}
assert by_name["ask_model"].span_type == "LLM"
assert trace.info.state == "OK" and trace.info.execution_duration is not None
assert trace.info.tags["release"] == "v2"
assert trace.info.trace_metadata["mlflow.sourceRun"] == run.info.run_id
assert trace.info.token_usage["total_tokens"] == 128
assert trace.info.cost["total_cost"] == 0.0016
assert mlflow.get_trace(second).info.state == "ERROR"
assert mlflow.get_trace(second).data.spans[0].events[0].name == "exception"

person = AssessmentSource(source_type="HUMAN", source_id="ana")
said = mlflow.log_feedback(
    trace_id=first, name="correct", value=True, source=person, rationale="as the page says")
mlflow.log_feedback(trace_id=first, name="tone", value=0.25, source=person)
mlflow.log_expectation(
    trace_id=first, name="pages", value=[7, 8], source=person, metadata={"by": "hand"})
assert mlflow.get_assessment(first, said.assessment_id).value is True
better = mlflow.override_feedback(
    trace_id=first, assessment_id=said.assessment_id, value=False, source=person)
by_id = {one.assessment_id: one for one in mlflow.get_trace(first).info.assessments}
assert not by_id[said.assessment_id].valid and by_id[better.assessment_id].valid
mlflow.update_assessment(
    first, better.assessment_id, mlflow.entities.Feedback(name="correct", value="half"))
assert mlflow.get_assessment(first, better.assessment_id).value == "half"
mlflow.delete_assessment(first, better.assessment_id)
by_id = {one.assessment_id: one for one in mlflow.get_trace(first).info.assessments}
assert by_id[said.assessment_id].valid and len(by_id) == 3
assert {one.name: one.value for one in by_id.values()} == {
    "correct": True, "tone": 0.25, "pages": [7, 8]}

client = mlflow.MlflowClient()
client.set_trace_tag(first, "reviewed", "yes")
client.delete_trace_tag(first, "release")
home = mlflow.get_experiment_by_name("support").experiment_id


def found(filter_string, **more):
    return [
        one.info.trace_id
        for one in mlflow.search_traces(
            locations=[home], filter_string=filter_string, return_type="list", **more)
    ]


assert found("") == [second, first]
assert found("trace.status = 'ERROR'") == [second]
assert found("tags.reviewed = 'yes'") == [first] and found("tags.release = 'v2'") == []
assert found("span.type = 'LLM'") == [first]
assert found("span.name = 'ask_model' AND span.type = 'RETRIEVER'") == []
assert found("trace.text LIKE '%five days%'") == [first]
assert found("feedback.correct = 'true'") == [first] and found("feedback.tone > 0.2") == [first]
assert found("expectation.pages IS NOT NULL") == [first]
assert found("metadata.`mlflow.trace.session` = 's-1'") == [first]
assert found(f"run_id = '{run.info.run_id}'") == [first]
assert found("", order_by=["timestamp_ms ASC"]) == [first, second]
assert found("", max_results=1) == [second]

gone = client.delete_traces(home, trace_ids=[second])
assert gone == 1 and found("") == [first]
print(json.dumps({"traces": [first, second], "run": run.info.run_id}))
