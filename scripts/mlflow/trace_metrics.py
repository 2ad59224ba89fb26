"""Measures over traces and what is held of them, and the files of a trace. Spans are told as OpenTelemetry's exporters
do, in Protocol Buffers."""

import struct

import twins
from traces import V3, trace_info

METRICS = V3 + "/metrics"
ALL_TIME = {"start_time_ms": 0, "end_time_ms": 4102444800000}


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def part(number, content):
    """A field of bytes, or of text."""
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def fixed(number, value):
    return varint(number << 3 | 1) + struct.pack("<Q", value)


def span(trace, number, name, begin, milliseconds, status=1, parent=0, **attributes):
    body = part(1, bytes.fromhex(trace)) + part(2, number.to_bytes(8, "big"))
    if parent:
        body += part(4, parent.to_bytes(8, "big"))
    body += part(5, name) + fixed(7, begin * 10**6) + fixed(8, (begin + milliseconds) * 10**6)
    for key, value in attributes.items():
        body += part(9, part(1, key.replace("__", ".")) + part(2, part(1, value)))
    return body + part(15, varint(3 << 3) + varint(status))


def told(t, experiment, spans):
    body = part(1, part(2, b"".join(part(2, one) for one in spans)))
    headers = {"Content-Type": "application/x-protobuf", "x-mlflow-experiment-id": experiment}
    for side, base in enumerate(t.bases):
        own = {key: t._resolved(value, side) for key, value in headers.items()}
        answer = twins.ask(base, "POST", "/v1/traces", {}, body, own)
        assert answer.status == 200, answer.body


def filled(t):
    """An experiment with traces of two names and two states, spans of two models, and assessments."""
    home = t.make("measured", t.post("experiments/create", name="measured"), "experiment_id")
    begin = 1767323045000
    for number in range(6):
        digits = f"{number + 1:032x}"
        name = "answer" if number % 2 else "ask"
        model = {"mlflow__llm__model": f"model-{number % 2}", "mlflow__llm__provider": "house"}
        cost = '{"input_cost": 0.25, "output_cost": 0.5, "total_cost": 0.75}'
        at = begin + number * 40_000
        told(t, home, [
            span(digits, 1, "root", at, 100 * number + 10, mlflow__spanType="CHAIN"),
            span(digits, 2, "call", at + 5, 7 * number, 2 if number == 3 else 1, 1,
                 mlflow__spanType="LLM", mlflow__llm__cost=cost, **model)])
        usage = f'{{"input_tokens": {number}, "output_tokens": 2, "total_tokens": {number + 2}}}'
        info = trace_info(
            "tr-" + digits, home, request_time=f"2026-01-02T03:{4 + number:02}:05Z",
            execution_duration=f"{number * 0.25}s", state="ERROR" if number == 3 else "OK",
            trace_metadata={
                "mlflow.trace.tokenUsage": usage, "mlflow.trace.session": f"s{number // 3}",
                "more": str(number % 2)},
            tags={"mlflow.traceName": name, "a.b": "v" if number < 3 else "w"})
        t.post(V3, **info)
        for index, value in enumerate((number / 2, number % 2 == 0, "yes" if number else "no", "text")):
            t.post(f"{V3}/tr-{digits}/assessments", assessment={
                "assessment_id": f"a-{number}-{index}", "assessment_name": f"n{index}", "feedback": {"value": value},
                "source": {"source_type": "HUMAN", "source_id": "ana"},
                "create_time": "2026-01-02T03:04:05Z", "last_update_time": "2026-01-02T03:04:05Z"})
    return home


def kind(name, percent=None):
    return {"aggregation_type": name, **({} if percent is None else {"percentile_value": percent})}


SUMMARIES = [kind("AVG"), kind("MIN"), kind("MAX"), kind("PERCENTILE", 50), kind("PERCENTILE", 99.5)]


def trace_metrics(t):
    home = filled(t)

    def ask(view, name, summaries, **fields):
        t.post(METRICS, experiment_ids=[home], view_type=view, metric_name=name,
               aggregations=summaries, **fields)

    counted = (
        ("TRACES", "trace_count", (["trace_name"], ["trace_status"], ["trace_status", "trace_name"])),
        ("TRACES", "session_count", ()),
        ("SPANS", "span_count", (
            ["span_name"], ["span_type"], ["span_status"], ["span_model_name"],
            ["span_model_provider", "span_name"])),
        ("ASSESSMENTS", "assessment_count", (["assessment_name"], ["assessment_value"])),
    )
    measured = (
        ("TRACES", "latency", (["trace_name"],)), ("SPANS", "latency", (["span_name"], ["span_status"])),
        ("ASSESSMENTS", "assessment_value", (["assessment_name"],)),
    )
    tokens = ("input_tokens", "output_tokens", "total_tokens", "cache_read_input_tokens")
    summed = tuple(("TRACES", one, (["trace_name"],)) for one in tokens) + tuple(
        ("SPANS", one, (["span_model_name"], ["span_model_name", "span_model_provider"]))
        for one in ("input_cost", "output_cost", "total_cost"))
    for rows, summaries in (
            (counted, [kind("COUNT")]), (measured, SUMMARIES), (summed, SUMMARIES + [kind("SUM")])):
        for view, name, dimensions in rows:
            for one in (None, *dimensions):
                more = {} if one is None else {"dimensions": one}
                ask(view, name, summaries, **more)
                ask(view, name, summaries, time_interval_seconds=60, **ALL_TIME, **more)
            ask(view, name, [kind("COUNT"), kind("SUM")])
            ask(view, name, summaries, dimensions=["trace_name", "none"])
            ask(view, name, summaries, start_time_ms=1767323100000, end_time_ms=1767323245000)
    for text in (
        "trace.status = 'OK'", "trace.status = 'ERROR'", "trace.tag.`a.b` = 'v'", "trace.tag.a.b = 'w'",
        "trace.tag.`mlflow.traceName` = 'ask'", "trace.metadata.more = '1'", "trace.tag.none = 'x'",
        "trace.metadata.`mlflow.trace.session` = 's1'", "span.name = 'call'", "span.status = 'ERROR'",
        "span.type = 'LLM'", "assessment.name = 'n0'", "assessment.type = 'feedback'",
        "assessment.type = 'expectation'", "", "trace.status", "status = 'OK'", "trace.status != 'OK'",
        "trace.status LIKE 'OK'", "trace.status = OK", "trace.status = 7", "trace.tag = 'x'",
        "trace.status.k = 'x'", "trace.bogus = 'x'", "bogus.k = 'x'", "span.tag.k = 'x'",
        "trace.status = 'OK' AND trace.status = 'OK'", "trace.status = \"OK\"", "= 'x'",
    ):
        ask("TRACES", "trace_count", [kind("COUNT")], filters=[text])
        ask("SPANS", "span_count", [kind("COUNT")], dimensions=["span_name"], filters=[text])
        ask("ASSESSMENTS", "assessment_count", [kind("COUNT")], filters=[text, "trace.status = 'OK'"])
    for fields in (
        {}, {"view_type": "BOGUS"}, {"view_type": 7}, {"view_type": 2, "metric_name": "span_count"},
        {"metric_name": "bogus"}, {"metric_name": ""}, {"metric_name": 7}, {"aggregations": []},
        {"aggregations": [{}]}, {"aggregations": [kind("BOGUS")]}, {"aggregations": [kind("PERCENTILE")]},
        {"aggregations": [kind("COUNT", 5)]}, {"aggregations": 7}, {"dimensions": 7}, {"dimensions": [7]},
        {"filters": "x"}, {"time_interval_seconds": 60}, {"time_interval_seconds": "x"},
        {"time_interval_seconds": 0}, {"max_results": 1}, {"max_results": "x"}, {"max_results": 1, "dimensions": ["trace_name"]},
        {"experiment_ids": []}, {"experiment_ids": ["x"]}, {"experiment_ids": ["987654321"]},
        {"experiment_ids": [7]}, {"page_token": "rubbish"}, {"start_time_ms": "x"},
        {"metric_name": "latency", "aggregations": [kind("PERCENTILE", 101)]},
        {"start_time_ms": 5, "end_time_ms": 1}, {"end_time_ms": 1767323100000},
    ):
        told = {
            "experiment_ids": [home], "view_type": "TRACES", "metric_name": "trace_count",
            "aggregations": [kind("COUNT")], **fields}
        t.post(METRICS, **told)
    for left_out in ("experiment_ids", "view_type", "metric_name", "aggregations"):
        told = {
            "experiment_ids": [home], "view_type": "TRACES", "metric_name": "trace_count",
            "aggregations": [kind("COUNT")]}
        del told[left_out]
        t.post(METRICS, **told)


def trace_files(t):
    one = "tr-" + "4d" * 16
    t.post(V3, **trace_info(one))
    shown = ("content-type", "content-disposition", "x-content-type-options")
    for version in ("2.0", "3.0"):
        path = f"/ajax-api/{version}/mlflow/get-trace-artifact"
        t("GET", path, shown=shown, request_id=f"tr-{2:032x}")
        for fields in (
            {"request_id": one}, {"request_id": "tr-none"}, {}, {"request_id": ""},
            {"request_id": one, "path": "../x"}, {"request_id": one, "path": "a.txt"},
            {"request_id": one, "path": "6f1c2a34-1b2c-4d5e-8f90-123456789abc"},
            {"request_id": "tr-none", "path": "6f1c2a34-1b2c-4d5e-8f90-123456789abc"},
        ):
            t.get(path, **fields)


ALL = [trace_metrics, trace_files]
