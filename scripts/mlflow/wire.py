"""How things are said: types, names of fields, bodies, addresses."""

from runs import metric, pair, run

JSON = {"Content-Type": "application/json"}


def types(t):
    r = run(t)
    for body in (
        {"key": "i", "value": "1", "timestamp": "5", "step": "7"},
        {"key": "j", "value": 1, "timestamp": 5.0, "step": 7.0},
        {"key": "e", "value": "1e3", "timestamp": 1}, {"key": "f", "value": " 1", "timestamp": 1},
        {"key": "g", "value": "0x10", "timestamp": 1}, {"key": "h", "value": "inf", "timestamp": 1},
        {"key": "k", "value": "nan", "timestamp": 1}, {"key": "l", "value": None, "timestamp": 1},
        {"key": "m", "value": 1, "timestamp": None}, {"key": "n", "value": 1, "timestamp": 1, "step": None},
        {"key": "o", "value": 1, "timestamp": "x"}, {"key": "p", "value": 1, "timestamp": 1.5},
        {"key": 7, "value": 1, "timestamp": 1}, {"key": ["q"], "value": 1, "timestamp": 1},
        {"key": {"q": 1}, "value": 1, "timestamp": 1}, {"key": True, "value": 1, "timestamp": 1},
        {"key": "r", "value": [1], "timestamp": 1}, {"key": "s", "value": {"a": 1}, "timestamp": 1},
        {"key": "t", "value": 1, "timestamp": 10**30}, {"key": "u", "value": 10**400, "timestamp": 1},
        {"key": "v", "value": 1, "timestamp": 1, "unknown": {"deep": [1]}},
        {"key": "w", "value": 1, "timestamp": 1, "step": True},
    ):
        t.post("runs/log-metric", run_id=r, **body)
    t.get("runs/get", run_id=r)
    for body in (
        {"key": "a", "value": 1}, {"key": "b", "value": None}, {"key": "c", "value": True},
        {"key": "d", "value": 1.5}, {"key": "e", "value": []}, {"key": "f", "value": {}},
        {"key": None, "value": "x"}, {"key": 0, "value": "x"}, {"key": "g", "value": "x", "more": 1},
    ):
        t.post("runs/log-parameter", run_id=r, **body)
        t.post("runs/set-tag", run_id=r, **body)
    for name in (None, True, 0, 1, [], {}, "", ["a"], 1.5):
        t.post("experiments/create", name=name)
        t.post("registered-models/create", name=name)
        t.post("runs/update", run_id=name)
        t.post("runs/delete", run_id=name)
        t.post("experiments/delete", experiment_id=name)
    for tags in (None, [], "x", 7, [None], [[]], ["x"], [{}], [{"key": 7, "value": "x"}],
                 [{"key": "k", "value": 7}], [{"key": "k"}], [{"key": None, "value": None}]):
        t.post("experiments/create", name=f"tags {tags}", tags=tags)
        t.post("registered-models/create", name=f"tags {str(tags).replace(':', '-')}", tags=tags)
        t.post("runs/create", experiment_id="0", run_name="n", user_id="u", start_time=1, tags=tags)
    for ids in (None, "0", 0, [0], ["x"], [None], ["0", "0"], [""], ["99999999"]):
        t.post("runs/search", experiment_ids=ids, max_results=1, filter="tags.no = 'x'")
    for most in (None, "5", 5.0, 5.5, "x", True, [], {}):
        t.post("runs/search", experiment_ids=["0"], max_results=most, filter="tags.no = 'x'")
        t.post("experiments/search", max_results=most, filter="name = 'no such'")
        t.post("logged-models/search", experiment_ids=["0"], max_results=most)
    for text in (None, 7, [], {}, True, " ", "\t\n"):
        t.post("runs/search", experiment_ids=["0"], filter=text, max_results=5, order_by=["attributes.start_time"],
               run_view_type="DELETED_ONLY")
        t.post("experiments/search", max_results=100, filter=text, view_type="DELETED_ONLY", order_by=["name"])
    for order in (None, "name", 7, [7], [None], [[]], [""], {}):
        t.post("runs/search", experiment_ids=["0"], order_by=order, filter="tags.no = 'x'")
        t.post("experiments/search", max_results=5, order_by=order, filter="name = 'no such'")
    for view in (None, "ALL", "all", 0, 4, "3", True, []):
        t.post("runs/search", experiment_ids=["0"], run_view_type=view, filter="tags.no = 'x'")


def spelled(t):
    """Names of fields as protobuf's JSON has them, too."""
    r = run(t)
    t.post("runs/set-tag", runId=r, key="camel", value="1")
    t.post("runs/set-tag", run_id=r, runId=r, key="both", value="1")
    t.post("runs/set-tag", run_uuid=r, key="uuid", value="1")
    t.post("runs/set-tag", run_id="", run_uuid=r, key="uuid2", value="1")
    t.post("runs/log-parameter", run_uuid=r, key="uuid", value="1")
    t.post("runs/log-metric", run_uuid=r, **metric("uuid", 1))
    t.post("runs/log-batch", run_uuid=r, params=[pair("b", "1")])
    t.post("runs/update", run_uuid=r, run_name="by uuid")
    t.post("runs/delete", run_uuid=r)
    t.post("runs/restore", run_uuid=r)
    t.post("runs/delete-tag", run_uuid=r, key="uuid")
    t.post("experiments/create", name="camel", artifactLocation="mlflow-artifacts:/x")
    t.post("runs/search", experimentIds=["0"], maxResults=1, filter="tags.no = 'x'")
    t.get("runs/get", runId=r)
    t.get("runs/get", run_id=r)


def bodies(t):
    r = run(t)
    body = b'{"run_id": "%s", "key": "k", "value": "v"}'
    for kind in (
        "application/json", "application/json; charset=utf-8", "application/json;charset=utf-8", "text/plain",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx",
        "application/x-protobuf", "APPLICATION/JSON", "", "text/json", "application/json, text/plain",
    ):
        for path in ("runs/set-tag", "experiments/create", "registered-models/create"):
            t("POST", path, raw=body, headers={"Content-Type": kind})
    for path in ("runs/set-tag", "experiments/create", "registered-models/create", "experiments/search",
                 "runs/search", "runs/log-batch", "logged-models/search"):
        t("POST", path, raw=b"")
        t("POST", path, raw=b"", headers={})
        t("POST", path, raw=b"{}")
        t("POST", path, raw=b'"{}"')
    t("POST", "experiments/create", raw=b'"{\\"name\\": \\"twice\\"}"')
    t("POST", "experiments/create", raw=b'\xef\xbb\xbf{"name": "marked"}')
    t("POST", "experiments/create", raw=b' \n {"name": "spaced"} \n ')
    t("POST", "experiments/create", raw='{"name": "ünï"}'.encode("latin-1"))
    t("POST", "experiments/create", raw=b'{"name": "\\ud83d\\ude00"}')
    t("POST", "experiments/create", raw=b'{"name": "a\\u0000b"}')
    t.get("runs/get", run_id=r, unknown="x")
    # A query beside a body, and a body beside a query.
    t("POST", f"runs/set-tag?run_id={r.name}&key=q&value=v", raw=b"{}")
    t("GET", f"runs/get?run_id={r.name}", raw=b'{"run_id": "x"}')
    t("GET", "runs/get", raw=b'{"run_id": "x"}')
    t("GET", f"runs/get?run_id={r.name}&run_id=x")


def addresses(t):
    r = run(t)
    for prefix in ("/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/", "/api/3.0/mlflow/", "/ajax-api/3.0/mlflow/",
                   "/api/2.0/preview/mlflow/", "/ajax-api/2.0/preview/mlflow/", "/api/1.0/mlflow/", "/mlflow/"):
        t.get(prefix + "runs/get", run_id=r)
        t.get(prefix + "experiments/get", experiment_id="0")
        t("GET", prefix + "server-info")
    for method in ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        t(method, "runs/get")
    t("GET", "runs/create")
    t("POST", "runs/get", run_id=r)
    t("GET", "runs/get/")
    t("GET", "runs//get")
    t("GET", "/health/")
    t("POST", "/health")
    t("GET", "/version")
    t("HEAD", "/version")
    t("GET", "runs/search")


def errors(t):
    t("GET", "/api/2.0/mlflow/bogus")
    t("POST", "/api/2.0/mlflow/experiments/bogus")
    t("GET", "/health")
    t("GET", "/version")
    t("POST", "experiments/create", raw=b"{")
    t("POST", "experiments/create", raw=b"[]")
    t("POST", "experiments/create", raw=b"\xff\xfe")
    t("POST", "experiments/create", raw=b'{"name": "dup", "name": "dup2"}')
    t("POST", "experiments/create", raw=b"null")


ALL = [errors, types, spelled, bodies, addresses]
