"""Traces and what is held of them."""

from runs import run

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


ALL = [traces, assessments]
