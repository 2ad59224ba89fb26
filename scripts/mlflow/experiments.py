"""Experiments: made, found, changed, deleted, searched."""


def experiments(t):
    a = t.make("exp", t.post("experiments/create", name="alpha"), "experiment_id")
    t.post("experiments/create", name="alpha")
    t.post("experiments/create", name="")
    t.post("experiments/create")
    t.post("experiments/create", name=7)
    t.post("experiments/create", name="x" * 501)
    t.post("experiments/create", name="tagged", tags=[{"key": "k", "value": "v"}])
    t.get("experiments/get", experiment_id=a)
    t.get("experiments/get", experiment_id="99999999")
    t.get("experiments/get", experiment_id="x")
    t.get("experiments/get")
    t.get("experiments/get", experiment_id="0")
    t.get("experiments/get-by-name", experiment_name="alpha")
    t.get("experiments/get-by-name", experiment_name="nope")
    t.get("experiments/get-by-name")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="team", value="vision")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="team", value="speech")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="", value="speech")
    t.post("experiments/set-experiment-tag", experiment_id=a, value="speech")
    t.post("experiments/set-experiment-tag", experiment_id="99999999", key="a", value="b")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="k" * 251, value="b")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="k", value="b" * 5001)
    t.post("experiments/set-experiment-tag", experiment_id=a, key="note", value="ü ☃ \U0001f600")
    t.get("experiments/get", experiment_id=a)
    t.post("experiments/delete-experiment-tag", experiment_id=a, key="team")
    t.post("experiments/delete-experiment-tag", experiment_id=a, key="team")
    t.post("experiments/update", experiment_id=a, new_name="beta")
    t.post("experiments/update", experiment_id=a, new_name="tagged")
    t.post("experiments/update", experiment_id=a)
    t.post("experiments/update", new_name="x")
    t.post("experiments/update", experiment_id="99999999", new_name="x")
    t.get("experiments/get-by-name", experiment_name="alpha")
    t.get("experiments/get-by-name", experiment_name="beta")
    t.post("experiments/delete", experiment_id=a)
    t.post("experiments/delete", experiment_id=a)
    t.get("experiments/get", experiment_id=a)
    t.get("experiments/get-by-name", experiment_name="beta")
    t.post("experiments/create", name="beta")
    t.post("experiments/set-experiment-tag", experiment_id=a, key="late", value="x")
    t.post("experiments/update", experiment_id=a, new_name="gamma")
    t.post("runs/create", experiment_id=a, start_time=5)
    t.post("experiments/restore", experiment_id=a)
    t.post("experiments/restore", experiment_id=a)
    t.post("experiments/restore", experiment_id="99999999")
    t.post("experiments/delete")
    t.post("experiments/delete", experiment_id="99999999")
    t.get("experiments/get", experiment_id=a)


def experiments_search(t):
    for index in range(7):
        name = f"s{index}"
        tags = [{"key": "parity", "value": str(index % 2)}, {"key": "n", "value": name}]
        t.make("exp", t.post("experiments/create", name=name, tags=tags), "experiment_id")
    for fields in (
        {"max_results": 3}, {"max_results": 0}, {"max_results": -1}, {"max_results": 50001},
        {"max_results": "x"}, {}, {"filter": "name = 's3'"}, {"filter": "name LIKE 's%'"},
        {"filter": "name ILIKE 'S%'"}, {"filter": "tags.parity = '1'"},
        {"filter": "tags.parity = '1' AND name != 's3'"}, {"filter": "tag.parity = '0'"},
        {"filter": "tags.none = '1'"}, {"filter": "bogus = 1"}, {"filter": "name > 's'"},
        {"filter": "attribute.name = 's1'"}, {"filter": "attr.name = 's1'"},
        {"filter": "name = s1"}, {"filter": "name = 's1' OR name = 's2'"},
        {"filter": "name IN ('s1', 's2')"}, {"filter": "creation_time > 0"},
        {"filter": "creation_time > 'x'"}, {"filter": "experiment_id = '0'"},
        {"filter": "tags.parity IS NULL"}, {"filter": "tags.parity IS NOT NULL"},
        {"filter": "name LIKE 's_'"}, {"filter": "name = 's1' AND"}, {"filter": "AND"},
        {"filter": "params.x = '1'"}, {"filter": "metrics.x = 1"},
    ):
        if "max_results" not in fields:
            fields["max_results"] = 100
        fields.setdefault("order_by", ["name ASC"])
        t.post("experiments/search", **fields)
    for order in (
        ["name"], ["name DESC"], ["name desc"], ["attribute.name ASC"], ["bogus"], ["name sideways"],
        ["tags.parity"], ["last_update_time DESC", "name"], ["name ASC", "name DESC"], [""],
    ):
        t.post("experiments/search", max_results=50, order_by=order)
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", "BOGUS", 1):
        t.post("experiments/search", max_results=50, order_by=["name"], view_type=view)
    bodies = t.post("experiments/search", max_results=2, order_by=["name"])
    token = t.make("token", bodies, "next_page_token")
    for _ in range(3):
        bodies = t.post(
            "experiments/search", max_results=2, order_by=["name"], page_token=token)
        token = t.make("token", bodies, "next_page_token")
    t.post("experiments/search", max_results=2, page_token="rubbish")
    t.get("experiments/search", max_results=2, order_by="name")


ALL = [experiments, experiments_search]
