"""The registry beyond its plain calls: where a version may come from, how names live, prompts, copies."""

from runs import pair, run


def sources(t):
    """Where a version says that its files are, with and without a run or a logged model."""
    t.post("registered-models/create", name="src")
    r, other = run(t), run(t)
    bodies = t.post("logged-models", experiment_id="0", name="net", source_run_id=r)
    m = t.make("model", bodies, "model", "info", "model_id")
    of_run = f"mlflow-artifacts:/0/{r.name}/artifacts"
    of_model = f"mlflow-artifacts:/0/models/{m.name}/artifacts"
    texts = [
        of_run, of_run + "/model", of_run + "/", of_run + "/../../x", of_run + "/%2e%2e/x", of_run + "/a%00b",
        of_run + "x/model", of_run.replace(":/", "://host/"), of_run + "//model", of_run + "/%6dodel",
        of_model, of_model + "/sub", f"models:/{m.name}", f"models:/{m.name}/", "models:/m-none", "models:/src/1",
        "models:/src/99", "models:/none/1", "models:/src@none", "models:/src/latest", "models:/src/Production",
        "models://host/src/1", "models:/", "models:/src", f"runs:/{r.name}/model", f"runs:/{other.name}/model",
        "runs:/x", "runs://host/x/y", "http://example.org/m", "https://example.org/a/../b", "http://example.org",
        "http://example.org/api/2.0/mlflow-artifacts/artifacts/0/x", "https://example.org/%2e%2e/x", "s3://bucket/m",
        "s3://bucket/../x", "s3:/bucket/a/../b", "gs://b/m?x=1", "ftp://h/m#f", "dbfs:/m", "dbfs:/../m", "abfss://c@h/p",
        "file:///etc/passwd", "file:/x", "file://host/x", "file:x", "/etc/passwd", "relative/x", "./x", "../x", "C:\\x",
        "\\\\h\\x", "c:/x", "mlflow-artifacts:/", "mlflow-artifacts://h:1/x/../y", "mlflow-artifacts:x", "hdfs://n/x",
        "unknown:/x", "x:y", ":x", "  ", "http://[bad", "dummy-source", "mlflow-placeholder-source",
        "s3://bucket//m", "s3://bucket/m/", "s3://bucket/./m", "http://example.org//m/", "s3://bucket/a%2fb", "s3://b/a+b",
    ]
    for text in texts:
        for by in ({}, {"run_id": r}, {"model_id": m}, {"run_id": r, "model_id": m}):
            t.post("model-versions/create", name="src", source=text, **by)
    for by in ({"run_id": ""}, {"model_id": ""}, {"run_id": "0" * 32}, {"model_id": "m-none"}, {"run_id": "bad"},
               {"run_id": 7}, {"model_id": 7}, {"run_id": None}):
        for text in (of_run, f"models:/{m.name}", "s3://bucket/m", "models:/src/1"):
            t.post("model-versions/create", name="src", source=text, **by)
    t.get(f"logged-models/{m.name}")
    for version in range(1, 40, 3):
        t.get("model-versions/get", name="src", version=version)
        t.get("model-versions/get-download-uri", name="src", version=version)
    t.post("model-versions/create", name="src", source="s3://bucket/m", run_link="http://example.org/r")
    t.post("model-versions/create", name="src", source="s3://bucket/m", tags=[pair("a", "1"), pair("a", "2")])
    t.post("model-versions/create", name="src", source="s3://bucket/m", tags=[pair("k" * 251, "1")])
    t.post("model-versions/create", name="src", source="s3://bucket/m", tags=[pair("k", "x" * 100001)])
    t.post("model-versions/create", name="src", source="s3://bucket/m", tags=[{"key": "k"}])
    t.post("model-versions/create", name="", source="s3://bucket/m")
    t.post("model-versions/create", name=" ", source="s3://bucket/m")
    t.post("model-versions/create", name="a/b", source="s3://bucket/m")
    t.post("model-versions/create", name="src", source="s3://bucket/" + "x" * 600)


def named(t, name, count=3):
    t.post("registered-models/create", name=name)
    for number in range(count):
        t.post("model-versions/create", name=name, source=f"s3://bucket/{number}", description=f"no {number}")


def names(t):
    """A name that was deleted or given up is free, and what is made there is new."""
    named(t, "first")
    t.post("registered-models/set-tag", name="first", key="k", value="v")
    t.post("registered-models/alias", name="first", alias="best", version="2")
    t.post("registered-models/rename", name="first", new_name="second")
    t.get("registered-models/get", name="first")
    t.get("registered-models/get", name="second")
    t.get("registered-models/alias", name="second", alias="best")
    t.get("model-versions/search", filter="name = 'second'", order_by="version_number ASC")
    t.get("model-versions/search", filter="name = 'first'")
    t.post("registered-models/rename", name="second", new_name="second")
    named(t, "first", 1)
    t.get("registered-models/get", name="first")
    t("DELETE", "registered-models/delete", name="second")
    t.get("registered-models/get", name="second")
    t.get("model-versions/get", name="second", version="1")
    t.get("model-versions/search", filter="name = 'second'")
    t.get("registered-models/search", filter="name LIKE 'second%'")
    named(t, "second", 1)
    t.get("registered-models/get", name="second")
    t.get("registered-models/alias", name="second", alias="best")
    t("DELETE", "registered-models/delete", name="second")
    t.post("registered-models/rename", name="first", new_name="second")
    t.get("registered-models/get", name="second")
    named(t, "second", 0)
    named(t, "gap", 3)
    t("DELETE", "model-versions/delete", name="gap", version="3")
    t.post("model-versions/create", name="gap", source="s3://bucket/new")
    t.get("registered-models/get", name="gap")
    t("DELETE", "model-versions/delete", name="gap", version="1")
    t.get("model-versions/search", filter="name = 'gap'", order_by="version_number ASC")
    for call in ("get", "get-download-uri"):
        t.get(f"model-versions/{call}", name="gap", version="1")
    t("PATCH", "model-versions/update", name="gap", version="1", description="x")
    t.post("model-versions/transition-stage", name="gap", version="1", stage="Staging")
    t.post("model-versions/set-tag", name="gap", version="1", key="k", value="v")
    t("DELETE", "model-versions/delete-tag", name="gap", version="1", key="k")
    t.post("registered-models/alias", name="gap", alias="x", version="1")
    t.post("registered-models/alias", name="gap", alias="x", version="2")
    t("DELETE", "model-versions/delete", name="gap", version="2")
    t.get("registered-models/alias", name="gap", alias="x")
    t.get("registered-models/get", name="gap")
    # Where upper and lower letters differ, the names do.
    named(t, "Case", 1)
    named(t, "case", 1)
    t.get("registered-models/get", name="CASE")
    for name in (".", "..", "a b", " lead", "trail ", "ü", "☃", "x" * 256, "x" * 257, "a%b", "a?b", "a#b", "'q'", '"q"',
                 "a\\b", "a;b", "-", "~", "1~a3f91c02", "a\nb"):
        t.post("registered-models/create", name=name)
        t.get("registered-models/get", name=name)
        t.post("model-versions/create", name=name, source="s3://bucket/m")
        t.get("model-versions/get", name=name, version="1")


def stages(t):
    named(t, "st", 5)
    for version, stage, archive in (
        ("1", "Production", False), ("2", "Production", True), ("3", "Staging", True), ("4", "staging", True),
        ("4", "PRODUCTION", True), ("5", "Archived", True), ("5", "None", True), ("5", "Archived", False),
        ("1", "None", False), ("9", "Production", True), ("x", "Production", False),
    ):
        t.post("model-versions/transition-stage", name="st", version=version, stage=stage,
               archive_existing_versions=archive)
        t.get("model-versions/search", filter="name = 'st'", order_by="version_number ASC")
    for archive in (None, "true", 1, "x"):
        t.post("model-versions/transition-stage", name="st", version="1", stage="Staging",
               archive_existing_versions=archive)
    t.post("model-versions/transition-stage", name="st", version="1", stage="Staging")
    t.post("model-versions/transition-stage", name="none", version="1", stage="Bogus")
    for wanted in ([], ["None"], ["Staging", "Production"], ["archived"], ["x", "Staging"], None, "Staging", [7]):
        t.post("registered-models/get-latest-versions", name="st", stages=wanted)
    t.get("registered-models/get-latest-versions", name="st", stages=["Staging", "Production"])
    t.get("registered-models/get-latest-versions", name="st")
    t.get("registered-models/get-latest-versions")
    t.get("registered-models/get", name="st")


def aliases(t):
    named(t, "al", 3)
    for alias in ("a", "A", "b-c_d", "1", "v", "v1", "V12", "vx", "v1x", "latest", "LATEST", "lateste", "ü", "a b", "a.b",
                  "a/b", "", "x" * 255, "x" * 256):
        t.post("registered-models/alias", name="al", alias=alias, version="1")
        t.get("registered-models/alias", name="al", alias=alias)
        t("DELETE", "registered-models/alias", name="al", alias=alias)
    for alias, version in (("one", "1"), ("two", "2"), ("one", "3"), ("both", "3"), ("bad", "x"), ("zero", "0"),
                           ("neg", "-1"), ("int", 2), ("float", 1.0), ("lead", "01"), ("plus", "+1"), ("space", " 1")):
        t.post("registered-models/alias", name="al", alias=alias, version=version)
    t.get("registered-models/get", name="al")
    t.get("registered-models/search", filter="name = 'al'")
    t.get("model-versions/search", filter="name = 'al'", order_by="version_number ASC")
    t.get("model-versions/get", name="al", version="3")
    for version in ("01", "+1", " 1", "1.0", "-1", "0", "1e0", "9223372036854775808", "latest", "one", "1~x"):
        t.get("model-versions/get", name="al", version=version)
    t.post("registered-models/alias", name="none", alias="x", version="1")
    t.get("registered-models/alias", name="none", alias="x")
    t("DELETE", "registered-models/alias", name="none", alias="x")
    t("DELETE", "registered-models/alias", name="al")
    t.get("registered-models/alias", name="al")
    t.post("registered-models/get-latest-versions", name="al")


def texts(t):
    """Descriptions and tags, set, emptied and taken away."""
    t.post("registered-models/create", name="tx", description="")
    t.post("registered-models/create", name="ty", description=None)
    t.post("registered-models/create", name="tz", description="x" * 6000)
    for fields in ({"description": "d"}, {"description": ""}, {"description": None}, {}, {"description": 7}):
        t("PATCH", "registered-models/update", name="tx", **fields)
        t.get("registered-models/get", name="tx")
    t("PATCH", "registered-models/update", description="d")
    t.post("model-versions/create", name="tx", source="s3://b/m")
    t.post("model-versions/create", name="tx", source="s3://b/m", description="")
    for fields in ({"description": "d"}, {"description": ""}, {"description": None}, {}, {"description": 7}):
        t("PATCH", "model-versions/update", name="tx", version="1", **fields)
        t.get("model-versions/get", name="tx", version="1")
    t.get("model-versions/get", name="tx", version="2")
    for key, value in (("k", ""), ("k", None), ("", "v"), ("bad:key?", "v"), ("a/b", "v"), ("../x", "v"), ("ü", "☃"),
                       ("x" * 250, "v"), ("x" * 251, "v"), ("n", 7), ("mlflow.note", "v")):
        t.post("registered-models/set-tag", name="tx", key=key, value=value)
        t.post("model-versions/set-tag", name="tx", version="1", key=key, value=value)
        t("DELETE", "registered-models/delete-tag", name="ty", key=key)
        t("DELETE", "model-versions/delete-tag", name="tx", version="2", key=key)
    t("DELETE", "registered-models/delete-tag", name="tx", key="n")
    t("DELETE", "registered-models/delete-tag", name="none", key="n")
    t("DELETE", "registered-models/delete-tag", name="tx")
    t("DELETE", "model-versions/delete-tag", name="tx", version="1", key="n")
    t("DELETE", "model-versions/delete-tag", name="tx", version="9", key="n")
    t("DELETE", "model-versions/delete-tag", name="tx", key="n")
    t.get("registered-models/get", name="tx")
    t.get("model-versions/get", name="tx", version="1")


PROMPT = "mlflow.prompt.is_prompt"


def prompts(t):
    flag = [pair(PROMPT, "true")]
    t.post("registered-models/create", name="pr", tags=flag + [pair("team", "x")])
    t.post("registered-models/create", name="pr", tags=flag)
    t.post("registered-models/create", name="pr")
    t.post("registered-models/create", name="model", tags=[pair("team", "x")])
    t.post("registered-models/create", name="model", tags=flag)
    t.post("registered-models/create", name="nay", tags=[pair(PROMPT, "false")])
    for source in ("dummy-source", "mlflow-placeholder-source", "s3://b/x", "", "/etc/passwd"):
        t.post("model-versions/create", name="pr", source=source,
               tags=flag + [pair("mlflow.prompt.text", "Hello {{name}}")])
    t.post("model-versions/create", name="pr", source="dummy-source", tags=[pair(PROMPT, "TRUE")])
    t.post("model-versions/create", name="pr", source="dummy-source", tags=[pair(PROMPT, "no")])
    t.post("model-versions/create", name="pr", source="dummy-source",
           tags=flag + [pair("mlflow.prompt.text", "x" * 100001)])
    t.post("model-versions/create", name="model", source="s3://b/m")
    t.post("model-versions/create", name="model", source="models:/pr/1")
    t.post("registered-models/alias", name="pr", alias="live", version="1")
    t.get("registered-models/alias", name="pr", alias="live")
    for text in ("", f"tags.`{PROMPT}` = 'true'", f"tag.`{PROMPT}` = 'true'", f"tags.`{PROMPT}` != 'true'",
                 f"tags.`{PROMPT}` = 'false'", f"tags.`{PROMPT}` != 'false'", "tags.team = 'x'",
                 f"name = 'pr' AND tags.`{PROMPT}` = 'true'", "name = 'pr'", "name LIKE '%'",
                 f"tags.team = 'x' AND tags.`{PROMPT}` = 'true'", f"tags.`{PROMPT}` = 'true' AND tags.team = 'x'",
                 f"name LIKE '%' AND tag.`{PROMPT}` != 'true'", f'tags."{PROMPT}" = "true"', f"tags.`{PROMPT}` LIKE 'true'"):
        for kind in ("registered-models/search", "model-versions/search"):
            t.get(kind, filter=text, order_by="name ASC")
    t.post("registered-models/set-tag", name="pr", key="k", value="v")
    t.post("model-versions/set-tag", name="pr", version="1", key="k", value="v")
    t("DELETE", "model-versions/delete", name="pr", version="1")
    t("DELETE", "registered-models/delete", name="pr")
    t.post("registered-models/create", name="pr", tags=flag)


ALL = [sources, names, stages, aliases, texts, prompts]
