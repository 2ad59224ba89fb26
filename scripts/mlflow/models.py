"""Logged models: made, finished, tagged, searched, deleted."""

from runs import metric, pair, run


def made(t, experiment, name, r, **fields):
    bodies = t.post("logged-models", experiment_id=experiment, name=name, source_run_id=r, **fields)
    return t.make("model", bodies, "model", "info", "model_id")


def models(t):
    experiment = t.make("exp", t.post("experiments/create", name="of models"), "experiment_id")
    r = run(t, experiment)
    for name in ("net", "", None, "a b", "ü", "x" * 300, "a/b", "a:b", "a.b", "a%b", "a'b", 'a"b', 7, " "):
        t.post("logged-models", experiment_id=experiment, name=name if name is not None else "unnamed-none", source_run_id=r)
    for fields in (
        {"model_type": ""}, {"model_type": "x" * 600}, {"source_run_id": ""}, {"source_run_id": "bad"}, {"params": []},
        {"params": [pair("p", "1"), pair("p", "2")]}, {"params": [pair("p", "x" * 6001)]}, {"params": [pair("k" * 251, "1")]},
        {"params": [pair("bad:key?", "1")]}, {"params": [{"key": "k"}]}, {"tags": [pair("t", "1"), pair("t", "2")]},
        {"tags": [pair("k" * 251, "1")]}, {"tags": [pair("bad:key?", "1")]}, {"tags": [{"key": "k"}]}, {"params": [{}]},
        {"tags": [{}]}, {"params": "x"}, {"tags": {"a": 1}}, {"unknown": 1},
    ):
        t.post("logged-models", experiment_id=experiment, name="fields", **fields)
    t.post("logged-models", name="x")
    t.post("logged-models", experiment_id="", name="x")
    t.post("logged-models", experiment_id="x", name="x")
    m = made(t, experiment, "life", r, params=[pair("a", "1")])
    for status in ("LOGGED_MODEL_READY", "BOGUS", "", 1, 2, 3, 4, 0, "2", None):
        t("PATCH", f"logged-models/{m.name}", model_id=m, status=status)
        t.get(f"logged-models/{m.name}")
    t("PATCH", f"logged-models/{m.name}", status="LOGGED_MODEL_READY")
    t("PATCH", "logged-models/m-none", model_id="m-none", status="LOGGED_MODEL_READY")
    for params in ([pair("b", "2")], [pair("a", "1")], [pair("a", "9")], [], [pair("c", "x" * 7000)], [{"key": "d"}], None):
        t.post(f"logged-models/{m.name}/params", model_id=m, params=params)
        t.get(f"logged-models/{m.name}")
    t.post("logged-models/m-none/params", model_id="m-none", params=[pair("b", "2")])
    t.post(f"logged-models/{m.name}/params", params=[pair("z", "2")])
    for tags in ([pair("b", "2")], [pair("b", "3"), pair("c", "")], [], [pair("k" * 251, "x")], [pair("bad:key?", "1")],
                 [pair("l", "x" * 9000)], [{"key": "d"}], [{}]):
        t("PATCH", f"logged-models/{m.name}/tags", model_id=m, tags=tags)
        t.get(f"logged-models/{m.name}")
    t("PATCH", "logged-models/m-none/tags", model_id="m-none", tags=[pair("b", "2")])
    for key in ("b", "b", "none", "bad:key%3F", "a%2Fb", "%20"):
        t("DELETE", f"logged-models/{m.name}/tags/{key}")
    t("DELETE", "logged-models/m-none/tags/x")
    t("DELETE", f"logged-models/{m.name}")
    for fields in ({}, {"allow_deleted": "true"}, {"allow_deleted": "True"}, {"allow_deleted": "false"}, {"allow_deleted": "x"}):
        t.get(f"logged-models/{m.name}", **fields)
    t("PATCH", f"logged-models/{m.name}", model_id=m, status="LOGGED_MODEL_READY")
    t.post(f"logged-models/{m.name}/params", model_id=m, params=[pair("e", "2")])
    t("PATCH", f"logged-models/{m.name}/tags", model_id=m, tags=[pair("e", "2")])
    t("DELETE", f"logged-models/{m.name}/tags/c")
    t.get(f"logged-models/{m.name}/artifacts/directories")
    t("DELETE", "logged-models/m-none")
    other = made(t, experiment, "io", r)
    for body in (
        {"models": [{"model_id": other}]}, {"models": [{"model_id": other}]}, {"models": [{"model_id": "m-none"}]},
        {"models": []}, {}, {"models": [{}]}, {"datasets": []},
        {"datasets": [{"dataset": {"name": "d", "digest": "x", "source_type": "t", "source": "s"}}]},
        {"datasets": [{"dataset": {"name": "d", "digest": "x", "source_type": "t", "source": "s"},
                       "tags": [pair("mlflow.data.context", "train"), pair("own", "kept")]}]},
        {"datasets": [{"dataset": {"name": "d"}}]}, {"datasets": [{}]}, {"datasets": [{"tags": []}]},
        {"datasets": [{"dataset": {"name": "n" * 501, "digest": "x", "source_type": "t", "source": "s"}}]},
        {"datasets": [{"dataset": {"name": "d", "digest": "x" * 37, "source_type": "t", "source": "s"}}]},
        {"datasets": [{"dataset": {"name": "d2", "digest": "x", "source_type": "t", "source": "s", "schema": "{}", "profile": "p"}}]},
    ):
        t.post("runs/log-inputs", run_id=r, **body)
        t.get("runs/get", run_id=r)
    for body in ({"models": [{"model_id": other, "step": 1}]}, {"models": [{"model_id": other, "step": 2}]},
                 {"models": [{"model_id": other}]}, {"models": []}, {}, {"models": [{"model_id": "m-none", "step": 1}]}):
        t.post("runs/outputs", run_id=r, **body)
        t.get("runs/get", run_id=r)
    t.post("runs/outputs", run_id="0" * 32, models=[{"model_id": other, "step": 1}])
    t.post("runs/log-inputs", run_id="0" * 32, models=[{"model_id": other}])
    t.post("runs/log-inputs", datasets=[])
    for fields in ({"model_id": other, **metric("m", 1)}, {"model_id": "m-none", **metric("m", 1)}, {"model_id": "", **metric("m", 2, 2)},
                   {"model_id": other, "dataset_name": "d", "dataset_digest": "x", **metric("m", 3, 3)},
                   {"model_id": other, "dataset_name": "d", **metric("m", 4, 4)}):
        t.post("runs/log-metric", run_id=r, **fields)
        t.get(f"logged-models/{other.name}")


def library(t):
    experiment = t.make("exp", t.post("experiments/create", name="model library"), "experiment_id")
    second = t.make("exp", t.post("experiments/create", name="model library 2"), "experiment_id")
    r = run(t, experiment)
    for number in range(9):
        m = made(
            t, second if number == 8 else experiment, f"m{number % 4}", r, model_type="torch" if number % 2 else "sk",
            params=[pair("p", str(number % 3)), pair("A b", "x")], tags=[pair("t", "abc"[number % 3])])
        if number % 3:
            t.post("runs/log-metric", run_id=r, model_id=m, **metric("acc", number / 10, number, number))
        if number % 4 == 1:
            t.post("runs/log-metric", run_id=r, model_id=m, dataset_name="train", dataset_digest="d1",
                   **metric("acc", 1 - number / 10, 100 + number, number))
        if number % 5 == 2:
            t.post("runs/log-metric", run_id=r, model_id=m, **metric("nan", "NaN", number, number))
        if number % 2:
            t("PATCH", f"logged-models/{m.name}", model_id=m, status="LOGGED_MODEL_READY")
    return experiment, second, r


def model_searches(t):
    first, second, r = library(t)
    both = [first, second]
    for text in (
        "", "name = 'm1'", "name != 'm1'", "name LIKE 'm%'", "name ILIKE 'M_'", "name IN ('m1', 'm2')", "name NOT IN ('m1')",
        "attributes.name = 'm1'", "attribute.name = 'm1'", "attr.name = 'm1'", "model_type = 'torch'", "status = 'READY'",
        "status = 'LOGGED_MODEL_READY'", "status = 'PENDING'", "status != 'READY'", f"source_run_id = '{r.name}'",
        "model_id = 'x'", "experiment_id = 'x'", "lifecycle_stage = 'active'", "creation_time > 0", "creation_timestamp > 0",
        "creation_timestamp_ms > 0", "last_updated_timestamp > 0", "last_updated_timestamp_ms > 0", "last_updated_time > 0",
        "params.p = '1'", "params.p != '1'", "params.p > '0'", "params.p LIKE '%'", "params.`A b` = 'x'", 'params."A b" = \'x\'',
        "params.none = '1'", "params.p IN ('0', '1')", "param.p = '1'", "tags.t = 'a'", "tag.t = 'a'", "tags.t != 'a'",
        "tags.t LIKE '_'", "tags.t ILIKE 'A'", "tags.none != 'a'", "metrics.acc > 0.3", "metrics.acc >= 0.4", "metrics.acc = 0.1",
        "metrics.acc != 0.1", "metrics.acc < 1", "metrics.acc <= 0.2", "metrics.none > 0", "metric.acc > 0", "metrics.acc > '0.3'",
        "metrics.acc LIKE '1'", "metrics.nan > 0", "metrics.nan != 0", "name = 'm1' AND params.p = '1'", "name = 'm1' and tags.t = 'b'",
        "name = 'm1' OR name = 'm2'", "(name = 'm1')", "NOT name = 'm1'", "name = m1", "name", "= 'x'", "name =", "name == 'm1'",
        "name > 'm1'", "name = 'm1' AND", "AND", "bogus = 1", "attributes.bogus = 'x'", "bogus.x = 1", "name = 'm1", "datasets.name = 'x'",
        "metrics.acc > 0.3 AND metrics.acc < 0.6", "params.p = '1' AND params.p = '2'", "name = 1", "creation_timestamp = 'x'",
        "name IS NULL", "params.p IS NULL", "tags.t IS NOT NULL", "name BETWEEN 'a' AND 'z'", "name IN ()", "name IN 'x'",
        "model_type ILIKE 'TORCH'", "status LIKE 'READY'", "status IN ('READY')", "`name` = 'm1'", "metrics.`acc` > 0", " ",
    ):
        t.post("logged-models/search", experiment_ids=both, filter=text, order_by=[{"field_name": "creation_time"}])
    for order in (
        [], [{"field_name": "name"}], [{"field_name": "name", "ascending": False}], [{"field_name": "metrics.acc"}],
        [{"field_name": "metrics.acc", "ascending": False}], [{"field_name": "metrics.acc", "dataset_name": "train"}],
        [{"field_name": "metrics.acc", "dataset_name": "train", "dataset_digest": "d1"}],
        [{"field_name": "metrics.acc", "dataset_digest": "d1"}], [{"field_name": "metrics.nan"}], [{"field_name": "metrics.none"}],
        [{"field_name": "params.p"}], [{"field_name": "tags.t"}], [{"field_name": "bogus"}], [{"field_name": ""}], [{}],
        [{"field_name": "creation_timestamp"}], [{"field_name": "creation_timestamp_ms", "ascending": False}],
        [{"field_name": "creation_time", "ascending": False}], [{"field_name": "last_updated_timestamp"}], [{"field_name": "model_type"}],
        [{"field_name": "model_type"}, {"field_name": "name", "ascending": False}], [{"field_name": "status"}],
        [{"field_name": "metric.acc"}], [{"field_name": "attributes.name"}], [{"field_name": "name", "dataset_name": "train"}],
        ["name"], "name", [{"field_name": "source_run_id"}],
    ):
        t.post("logged-models/search", experiment_ids=both, order_by=order)
    for fields in (
        {"datasets": [{"dataset_name": "train"}]}, {"datasets": [{"dataset_name": "train", "dataset_digest": "d1"}]},
        {"datasets": [{"dataset_name": "train", "dataset_digest": "no"}]}, {"datasets": [{"dataset_name": "no"}]}, {"datasets": [{}]},
        {"datasets": [{"dataset_digest": "d1"}]}, {"datasets": []}, {"datasets": "x"},
        {"datasets": [{"dataset_name": "train"}], "filter": "metrics.acc > 0.7"},
        {"datasets": [{"dataset_name": "train"}], "filter": "metrics.acc > 0.9", "order_by": [{"field_name": "metrics.acc"}]},
        {"max_results": 1}, {"max_results": 0}, {"max_results": -1}, {"max_results": 51}, {"max_results": 1001}, {"max_results": "2"},
        {"page_token": "rubbish"}, {"page_token": ""},
    ):
        t.post("logged-models/search", experiment_ids=both, **fields)
    for ids in ([first], [second], [first, "999"], ["x"], [""], [], None, "0", [0]):
        t.post("logged-models/search", experiment_ids=ids, order_by=[{"field_name": "creation_time"}])
    bodies = t.post("logged-models/search", experiment_ids=both, max_results=4)
    token = t.make("token", bodies, "next_page_token")
    for _ in range(3):
        bodies = t.post("logged-models/search", experiment_ids=both, max_results=4, page_token=token)
        token = t.make("token", bodies, "next_page_token")


def logged_models(t):
    experiment = t.make("exp", t.post("experiments/create", name="lm"), "experiment_id")
    r = run(t, experiment)
    tags, params = [pair("k", "v")], [pair("p", "1")]
    bodies = t.post(
        "logged-models", experiment_id=experiment, name="net", model_type="torch", tags=tags,
        params=params, source_run_id=r)
    m = t.make("model", bodies, "model", "info", "model_id")
    for fields in (
        {"name": "x"}, {"experiment_id": "999", "name": "x"},
        {"experiment_id": experiment, "name": "a/b"}, {"experiment_id": experiment, "name": "other"},
        {"experiment_id": experiment, "name": "n", "source_run_id": "0" * 32},
        {"experiment_id": experiment, "name": "net", "tags": [pair("t", "x" * 9000)]},
    ):
        t.post("logged-models", **fields)
    t.get(f"logged-models/{m.name}")
    t.get("logged-models/m-" + "0" * 32)
    t.get("logged-models/nonsense")
    for status in ("LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED", "LOGGED_MODEL_PENDING"):
        t("PATCH", f"logged-models/{m.name}", model_id=m, status=status)
    t("PATCH", f"logged-models/{m.name}", model_id=m)
    t.post(f"logged-models/{m.name}/params", model_id=m, params=[pair("q", "2")])
    t.post(f"logged-models/{m.name}/params", model_id=m, params=[pair("q", "3")])
    t("PATCH", f"logged-models/{m.name}/tags", model_id=m, tags=[pair("k", "w"), pair("n", "1")])
    t("PATCH", f"logged-models/{m.name}/tags", model_id=m, tags=[])
    t("DELETE", f"logged-models/{m.name}/tags/n")
    t("DELETE", f"logged-models/{m.name}/tags/n")
    t.post("runs/log-metric", run_id=r, model_id=m, **metric("acc", 0.5))
    t.post("runs/outputs", run_id=r, models=[{"model_id": m, "step": 3}])
    t.post("runs/log-inputs", run_id=r, models=[{"model_id": m}])
    t.get("runs/get", run_id=r)
    t.get(f"logged-models/{m.name}")
    for fields in (
        {}, {"filter": "name = 'net'"}, {"filter": "name LIKE 'n%'"}, {"filter": "params.p = '1'"},
        {"filter": "tags.k = 'w'"}, {"filter": "metrics.acc > 0.1"}, {"filter": "bogus = 1"},
        {"filter": "creation_timestamp > 0"}, {"filter": "name IN ('net', 'x')"},
        {"max_results": 0}, {"max_results": 1}, {"order_by": [{"field_name": "name"}]},
        {"order_by": [{"field_name": "bogus"}]}, {"order_by": [{"field_name": "metrics.acc"}]},
        {"page_token": "rubbish"},
    ):
        t.post("logged-models/search", experiment_ids=[experiment], **fields)
    t.post("logged-models/search")
    t("DELETE", f"logged-models/{m.name}")
    t("DELETE", f"logged-models/{m.name}")
    t.get(f"logged-models/{m.name}")


ALL = [logged_models, models, model_searches]
