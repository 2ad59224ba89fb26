"""Models: recorded, registered, loaded."""

import mlflow
from smoke.checks import TAG, check, client, refused


def trained():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    features, labels = load_iris(return_X_y=True)
    return LogisticRegression(max_iter=200).fit(features, labels), features


@check
def autolog_records_a_training():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    experiment = mlflow.set_experiment(f"autolog-{TAG}")
    mlflow.sklearn.autolog(silent=True)
    try:
        features, labels = load_iris(return_X_y=True)
        with mlflow.start_run() as run:
            LogisticRegression(max_iter=200, C=0.5).fit(features, labels)
    finally:
        mlflow.sklearn.autolog(disable=True, silent=True)
    found = client.get_run(run.info.run_id)
    assert found.data.params["C"] == "0.5"
    assert found.data.metrics["training_accuracy_score"] > 0.9
    assert found.data.tags["estimator_name"] == "LogisticRegression"
    assert found.inputs.dataset_inputs
    outputs = found.outputs.model_outputs
    assert len(outputs) == 1
    model = mlflow.get_logged_model(outputs[0].model_id)
    assert model.status == "READY", model.status
    assert model.source_run_id == run.info.run_id
    assert model.experiment_id == experiment.experiment_id
    assert {m.key for m in model.metrics} >= {"training_accuracy_score"}, model.metrics
    assert "estimator.html" in {f.path for f in client.list_artifacts(run.info.run_id)}
    loaded = mlflow.sklearn.load_model(f"models:/{outputs[0].model_id}")
    assert loaded.predict(features).shape == labels.shape


@check
def models_are_logged_registered_and_loaded():
    name = f"iris-{TAG}"
    model, features = trained()
    mlflow.set_experiment(f"models-{TAG}")
    for n in range(2):
        with mlflow.start_run() as run:
            mlflow.log_metric("acc", 0.9 + n / 100)
            info = mlflow.sklearn.log_model(
                model,
                name="model",
                registered_model_name=name,
                params={"n": n},
                serialization_format="cloudpickle",
            )
    logged = mlflow.get_logged_model(info.model_id)
    assert logged.name == "model" and logged.status == "READY"
    assert logged.params == {"n": "1"} and name in logged.tags["mlflow.modelVersions"]
    versions = sorted(client.search_model_versions(f"name = '{name}'"), key=lambda v: v.creation_timestamp)
    assert len(versions) == 2
    newest = versions[-1]
    assert newest.run_id == run.info.run_id and newest.status == "READY"
    client.set_registered_model_alias(name, "champion", newest.version)
    by_alias = client.get_model_version_by_alias(name, "champion")
    assert by_alias.version == newest.version and by_alias.aliases == ["champion"]
    uri = client.get_model_version_download_uri(name, newest.version)
    assert uri.endswith(f"/models/{info.model_id}/artifacts"), uri
    for address in [
        f"models:/{name}@champion",
        f"models:/{name}/{newest.version}",
        f"models:/{info.model_id}",
        f"runs:/{run.info.run_id}/model",
    ]:
        loaded = mlflow.sklearn.load_model(address)
        assert (loaded.predict(features) == model.predict(features)).all(), address
    assert mlflow.pyfunc.load_model(f"models:/{name}@champion").predict(features).shape == (150,)
    client.delete_registered_model_alias(name, "champion")
    refused("INVALID_PARAMETER_VALUE", "alias champion not found", client.get_model_version_by_alias, name, "champion")
    with mlflow.start_run() as other:
        mlflow.sklearn.log_model(model, name="again", serialization_format="cloudpickle")
    made = mlflow.register_model(f"runs:/{other.info.run_id}/again", name)
    assert client.get_model_version(name, made.version).run_id == other.info.run_id


@check
def logged_models_are_found_and_tagged():
    experiment = mlflow.set_experiment(f"logged-{TAG}").experiment_id
    made = mlflow.initialize_logged_model(name="first", tags={"k": "v"}, params={"p": "1"}, model_type="agent")
    other = mlflow.create_external_model(name="second")
    assert mlflow.get_logged_model(made.model_id).status == "PENDING"
    mlflow.finalize_logged_model(made.model_id, "FAILED")
    assert mlflow.get_logged_model(made.model_id).status == "FAILED"
    mlflow.set_logged_model_tags(made.model_id, {"k": "w", "z": "1"})
    mlflow.delete_logged_model_tag(made.model_id, "z")
    assert mlflow.get_logged_model(made.model_id).tags["k"] == "w"
    mlflow.log_model_params({"q": "2"}, made.model_id)
    assert mlflow.get_logged_model(made.model_id).params == {"p": "1", "q": "2"}
    with mlflow.start_run():
        mlflow.log_metric("score", 0.5, model_id=made.model_id)
        mlflow.log_metric("score", 0.75, model_id=other.model_id)
    assert mlflow.get_logged_model(made.model_id).metrics[0].value == 0.5

    def names(text, **named):
        found = mlflow.search_logged_models([experiment], text, output_format="list", **named)
        return [m.name for m in found]

    assert sorted(names(None)) == ["first", "second"]
    assert names("name = 'first'") == ["first"]
    assert names("metrics.score > 0.6") == ["second"]
    assert names("params.p = '1' AND tags.k LIKE 'w%'") == ["first"]
    by_score = [{"field_name": "metrics.score", "ascending": False}]
    assert names("", order_by=by_score) == ["second", "first"]
    client.delete_logged_model(made.model_id)
    assert names(None) == ["second"]


@check
def the_registry_keeps_models():
    name = f"registry-{TAG}"
    client.create_registered_model(name, tags={"a": "1"}, description="what it does")
    refused("RESOURCE_ALREADY_EXISTS", "already exists", client.create_registered_model, name)
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.get_registered_model, name + "-none")
    refused("INVALID_PARAMETER_VALUE", "Names cannot contain", client.create_registered_model, "a/b")
    found = client.get_registered_model(name)
    assert found.description == "what it does" and found.tags == {"a": "1"}
    client.update_registered_model(name, "other")
    client.set_registered_model_tag(name, "b", "2")
    client.delete_registered_model_tag(name, "a")
    found = client.get_registered_model(name)
    assert found.description == "other" and found.tags == {"b": "2"}
    run_id = client.create_run("0").info.run_id
    client.log_text(run_id, "weights", "model/weights.txt")
    source = client.get_run(run_id).info.artifact_uri + "/model"
    made = [
        client.create_model_version(name, source, run_id, tags={"n": str(n)}, description=f"no {n}")
        for n in range(3)
    ]
    assert len({m.version for m in made}) == 3
    first, second, third = (m.version for m in made)
    found = client.get_model_version(name, second)
    assert found.source == source and found.run_id == run_id
    assert found.description == "no 1" and found.tags == {"n": "1"}
    assert found.current_stage == "None"
    client.update_model_version(name, second, "changed")
    client.set_model_version_tag(name, second, "k", "v")
    client.delete_model_version_tag(name, second, "n")
    found = client.get_model_version(name, second)
    assert found.description == "changed" and found.tags == {"k": "v"}
    assert client.get_model_version_download_uri(name, second) == source
    client.set_registered_model_alias(name, "champion", first)
    client.set_registered_model_alias(name, "champion", second)
    client.set_registered_model_alias(name, "challenger", third)
    assert client.get_registered_model(name).aliases == {"champion": second, "challenger": third}
    refused("INVALID_PARAMETER_VALUE", "reserved", client.set_registered_model_alias, name, "latest", first)
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.set_registered_model_alias, name, "x", "999")
    client.transition_model_version_stage(name, first, "Production")
    client.transition_model_version_stage(name, second, "production", archive_existing_versions=True)
    assert client.get_model_version(name, first).current_stage == "Archived"
    assert client.get_model_version(name, second).current_stage == "Production"
    assert [v.version for v in client.get_latest_versions(name, ["Production"])] == [second]
    assert client.get_model_version_by_alias(name, "latest").version == third
    assert [m.name for m in client.search_registered_models(f"name = '{name}'")] == [name]
    assert [m.name for m in client.search_registered_models(f"name LIKE 'registry-{TAG}%' AND tags.b = '2'")] == [name]
    found = client.search_model_versions(f"run_id = '{run_id}'")
    assert sorted(v.version for v in found) == sorted([first, second, third])
    client.delete_model_version(name, third)
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.get_model_version, name, third)
    assert client.get_registered_model(name).aliases == {"champion": second}
    client.rename_registered_model(name, name + "-new")
    assert client.get_model_version(name + "-new", second).name == name + "-new"
    client.delete_registered_model(name + "-new")
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.get_registered_model, name + "-new")
    client.create_registered_model(name + "-new", description="another of that name")
    assert client.get_registered_model(name + "-new").description == "another of that name"
    assert client.get_registered_model(name + "-new").aliases == {}


@check
def unicode_and_large_values_survive():
    run_id = client.create_run("0").info.run_id
    text = "☃ \"quoted\" \\ \n\t " + "ж" * 4000
    client.log_param(run_id, "text", text)
    client.set_tag(run_id, "emoji 🎉".replace(" 🎉", ""), "🎉\u2028")
    found = client.get_run(run_id)
    assert found.data.params["text"] == text and found.data.tags["emoji"] == "🎉\u2028"
