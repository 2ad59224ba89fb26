"""Registered models and their versions, by plain calls."""

from runs import pair, run


def registry(t):
    t.post("registered-models/create", name="m")
    t.post("registered-models/create", name="m")
    t.post("registered-models/create", name="")
    t.post("registered-models/create")
    t.post("registered-models/create", name="a/b")
    t.post("registered-models/create", name="a:b")
    t.post("registered-models/create", name="n" * 257)
    t.post("registered-models/create", name="full", description="d", tags=[pair("k", "v")])
    t.get("registered-models/get", name="full")
    t.get("registered-models/get", name="none")
    t.get("registered-models/get")
    t("PATCH", "registered-models/update", name="m", description="words")
    t("PATCH", "registered-models/update", name="none", description="words")
    t.post("registered-models/rename", name="m", new_name="renamed")
    t.post("registered-models/rename", name="renamed", new_name="full")
    t.post("registered-models/rename", name="renamed", new_name="")
    t.post("registered-models/rename", name="renamed")
    t.post("registered-models/rename", name="none", new_name="x")
    t.post("registered-models/rename", name="renamed", new_name="m")
    t.post("registered-models/set-tag", name="m", key="k", value="v")
    t.post("registered-models/set-tag", name="m", key="k", value="w")
    t.post("registered-models/set-tag", name="m", value="w")
    t.post("registered-models/set-tag", name="none", key="k", value="w")
    t.post("registered-models/set-tag", name="m", key="k" * 251, value="w")
    for length in (8001, 100_000, 100_001):
        t.post("registered-models/set-tag", name="m", key="k", value="w" * length)
    t("DELETE", "registered-models/delete-tag", name="m", key="k")
    t("DELETE", "registered-models/delete-tag", name="m", key="k")
    t.get("registered-models/get", name="m")
    t.post("registered-models/get-latest-versions", name="m")
    t.get("registered-models/get-latest-versions", name="none")
    t.get("registered-models/alias", name="m", alias="champion")
    t.post("registered-models/alias", name="m", alias="champion", version="1")
    t.get("model-versions/get", name="m", version="1")
    t.post("model-versions/create", name="none", source="mlflow-artifacts:/1/models/x")
    t.post("model-versions/create", source="s")
    t("DELETE", "registered-models/delete", name="full")
    t("DELETE", "registered-models/delete", name="full")
    t("DELETE", "registered-models/delete")
    t.get("registered-models/search")
    for fields in (
        {"filter": "name = 'm'"}, {"filter": "name LIKE 'm%'"}, {"filter": "name ILIKE 'M%'"},
        {"filter": "tags.k = 'v'"}, {"filter": "bogus = 'x'"}, {"filter": "name > 'x'"},
        {"max_results": 0}, {"max_results": -1}, {"max_results": 1001}, {"max_results": 1},
        {"order_by": ["name DESC"]}, {"order_by": ["last_updated_timestamp"]}, {"order_by": ["bogus"]},
        {"page_token": "rubbish"}, {"filter": "name = 'm' OR name = 'x'"},
    ):
        t.get("registered-models/search", **fields)


def versions(t):
    t.post("registered-models/create", name="v")
    r = run(t)
    source = f"mlflow-artifacts:/0/{r.name}/artifacts/model"
    tags = [pair("k", "v")]
    # Numbers are drawn until a hub gives final ones: a replica alone is its own hub.
    for fields in (
        {"source": source, "run_id": r}, {"source": source, "run_id": r, "description": "second"},
        {"source": source, "run_id": r, "tags": tags}, {"source": "", "run_id": r}, {"run_id": r},
        {"source": source, "run_id": "0" * 32}, {"source": "/etc/passwd"},
        {"source": "http://example.org/m", "run_id": r},
    ):
        t.post("model-versions/create", name="v", **fields)
    for version in ("1", "2", "9", "x", ""):
        t.get("model-versions/get", name="v", version=version)
        t.get("model-versions/get-download-uri", name="v", version=version)
    t.get("model-versions/get", name="v")
    t.get("model-versions/get", version="1")
    t("PATCH", "model-versions/update", name="v", version="1", description="told")
    t("PATCH", "model-versions/update", name="v", version="9", description="told")
    t.post("model-versions/set-tag", name="v", version="1", key="a", value="b")
    t.post("model-versions/set-tag", name="v", version="9", key="a", value="b")
    t.post("model-versions/set-tag", name="v", version="1", value="b")
    t("DELETE", "model-versions/delete-tag", name="v", version="1", key="a")
    t("DELETE", "model-versions/delete-tag", name="v", version="1", key="a")
    for stage in ("Staging", "production", "Bogus", "", "None", "Archived"):
        t.post("model-versions/transition-stage", name="v", version="1", stage=stage,
               archive_existing_versions=False)
    t.post("model-versions/transition-stage", name="v", version="2", stage="Production",
           archive_existing_versions=True)
    t.post("model-versions/transition-stage", name="v", version="1", stage="Production",
           archive_existing_versions=True)
    t.get("model-versions/get", name="v", version="2")
    t.post("registered-models/get-latest-versions", name="v")
    t.post("registered-models/get-latest-versions", name="v", stages=["Production"])
    t.post("registered-models/get-latest-versions", name="v", stages=["Bogus"])
    for alias, version in (
        ("champion", "1"), ("champion", "2"), ("v1", "1"), ("latest", "1"), ("", "1"),
        ("bad alias!", "1"), ("a" * 256, "1"), ("ok-Alias_1", "9"), ("none", ""),
    ):
        t.post("registered-models/alias", name="v", alias=alias, version=version)
    t.get("registered-models/alias", name="v", alias="champion")
    t.get("registered-models/alias", name="v", alias="none")
    t.get("registered-models/get", name="v")
    t("DELETE", "registered-models/alias", name="v", alias="champion")
    t("DELETE", "registered-models/alias", name="v", alias="champion")
    for text in (
        "name = 'v'", "name LIKE 'v%'", "run_id = 'x'", "source_path = 'x'", "version_number = 1",
        "version_number > 1", "version_number = 'x'", "tags.k = 'v'", "bogus = 'x'", "name > 'v'",
        "name = 'v' OR name = 'w'", "run_id IN ('a', 'b')", "source_path LIKE '%model'",
    ):
        t.get("model-versions/search", filter=text)
    for fields in (
        {"max_results": 1}, {"order_by": ["version_number DESC"]}, {"order_by": ["name"]},
        {"order_by": ["bogus"]}, {"max_results": 200001}, {"page_token": "rubbish"},
    ):
        t.get("model-versions/search", **fields)
    t("DELETE", "model-versions/delete", name="v", version="2")
    t("DELETE", "model-versions/delete", name="v", version="2")
    t.get("model-versions/get", name="v", version="2")
    t.post("registered-models/rename", name="v", new_name="w")
    t.get("model-versions/get", name="w", version="1")
    t.get("model-versions/get", name="v", version="1")


ALL = [registry, versions]
