"""Attributes of spans that come as JSON in texts, as OpenTelemetry's SDKs have to send what is no plain value."""

from trace_metrics import span, told

V3 = "/api/3.0/mlflow/traces"

TEXTS = (
    '{"a":1,  "b": [true, null, 1.50, "x"]}', '["u", {"v": "w"}]', '"word"', '""', "{}", "[]", ' {"a": 1}', '{"a": 1',
    "plain words", "7", "1.5", "true", "null", "", '"{\\"deep\\": 1}"', "NaN", '["\\u00fc", "ü"]', "{'a': 1}", '{"a": NaN}',
)
ASKED = (
    '{"messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "why?"}]}',
    '{"input": [{"role": "user", "content": [{"type": "input_image"}, {"type": "text", "text": "which?"}]}]}',
    '{"request": {"input": [{"role": "user", "content": ["so"]}]}}', '{"messages": []}', '{"question":"who?"}', '"who?"',
    "who?", '{"messages": [{"role": "user", "content": ""}]}', '{"messages": [{"role": "user"}]}',
)
ANSWERED = (
    '{"choices": [{"message": {"role": "assistant", "content": "because"}}]}',
    '{"output": [{"role": "assistant", "content": [{"type": "output_text", "text": "that"}]}]}', '["a",  "b"]', "42",
)


def trace_texts(t):
    home = t.make("told", t.post("experiments/create", name="told"), "experiment_id")
    begin = 1767323045000
    names = []
    for number, text in enumerate(TEXTS + ASKED):
        # Not the ids of another scenario: the servers are the same.
        digits = f"{0x7000 + number:032x}"
        names.append("tr-" + digits)
        more = {"plain": text, "mlflow__spanType": '"TOOL"' if number % 2 else "LLM"}
        if number >= len(TEXTS):
            more = {
                "mlflow__spanInputs": text, "mlflow__spanOutputs": ANSWERED[number % len(ANSWERED)],
                "session__id": '"s1"' if number % 2 else "s2"}
        told(t, home, [span(digits, 1, "root", begin + number * 1000, 10, **more)])
    for name in names:
        t.get(V3 + "/get", trace_id=name)
    t.get(V3 + "/batchGet", trace_ids=names[:5])
    place = [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": home}}]
    for text in (
        "", "span.type = 'TOOL'", "span.type = 'LLM'", "span.attributes.plain = 'word'", "span.attributes.plain = 'plain words'",
        "span.attributes.plain != 'word'", "span.attributes.plain LIKE '%a%'", "span.attributes.plain LIKE '%word%'",
        "span.content LIKE '%\"a%'", "span.content LIKE '%who?%'", "span.content ILIKE '%WORD%'", "trace.text LIKE '%deep%'",
        "trace.text LIKE '%true, null%'", "span.content LIKE '%1.50%'", "span.content LIKE '%ü%'", "span.content LIKE '%u00fc%'",
        "metadata.`mlflow.trace.session` = 's1'",
    ):
        t.post(V3 + "/search", locations=place, filter=text, max_results=100)


ALL = [trace_texts]
