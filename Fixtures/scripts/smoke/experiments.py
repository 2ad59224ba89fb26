"""Experiments."""

import mlflow
from mlflow.entities import ViewType
from smoke.checks import TAG, check, client, refused


@check
def experiments_are_made_found_changed_and_deleted():
    name = f"smoke-{TAG}"
    made = client.create_experiment(name, tags={"team": "a", "mlflow.note.content": "first"})
    found = client.get_experiment(made)
    assert found.name == name and found.lifecycle_stage == "active"
    assert found.tags == {"team": "a", "mlflow.note.content": "first"}, found.tags
    assert found.artifact_location.startswith("mlflow-artifacts:/")
    assert client.get_experiment_by_name(name).experiment_id == made
    assert client.get_experiment_by_name(name + "-none") is None
    client.set_experiment_tag(made, "team", "b")
    client.set_experiment_tag(made, "mlflow.note.content", "second")
    assert client.get_experiment(made).tags == {"team": "b", "mlflow.note.content": "second"}
    client.delete_experiment_tag(made, "team")
    assert "team" not in client.get_experiment(made).tags
    refused("RESOURCE_ALREADY_EXISTS", "already exists", client.create_experiment, name)
    refused("RESOURCE_DOES_NOT_EXIST", "No Experiment with id=", client.get_experiment, "77777777")
    client.rename_experiment(made, name + "-renamed")
    assert client.get_experiment(made).name == name + "-renamed"
    client.delete_experiment(made)
    assert client.get_experiment(made).lifecycle_stage == "deleted"
    ids = [e.experiment_id for e in mlflow.search_experiments(view_type=ViewType.ACTIVE_ONLY)]
    assert made not in ids
    ids = [e.experiment_id for e in mlflow.search_experiments(view_type=ViewType.DELETED_ONLY)]
    assert made in ids
    client.restore_experiment(made)
    assert client.get_experiment(made).lifecycle_stage == "active"


@check
def the_default_experiment_is_there():
    default = client.get_experiment("0")
    assert default.name == "Default", default.name
    with mlflow.start_run(run_name="in default") as run:
        mlflow.log_param("where", "default")
    assert run.info.experiment_id == "0"


@check
def experiments_are_searched():
    made = [client.create_experiment(f"find-{TAG}-{n}", tags={"n": str(n)}) for n in range(3)]
    found = mlflow.search_experiments(filter_string=f"name LIKE 'find-{TAG}-%'")
    assert sorted(e.experiment_id for e in found) == sorted(made)
    found = mlflow.search_experiments(
        filter_string=f"name LIKE 'find-{TAG}-%' AND tags.n = '1'", order_by=["name ASC"]
    )
    assert [e.experiment_id for e in found] == [made[1]]
    page = client.search_experiments(
        filter_string=f"name LIKE 'find-{TAG}-%'", max_results=2, order_by=["name ASC"]
    )
    assert len(page) == 2 and page.token
    rest = client.search_experiments(
        filter_string=f"name LIKE 'find-{TAG}-%'",
        max_results=2,
        order_by=["name ASC"],
        page_token=page.token,
    )
    assert [e.name for e in page + rest] == [f"find-{TAG}-{n}" for n in range(3)]
    assert not rest.token
