"""Files, and datasets."""

import os
import tempfile

import mlflow
from smoke.checks import TAG, check, client


@check
def artifacts_travel():
    mlflow.set_experiment(f"artifacts-{TAG}")
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "plain.txt"), "w") as file:
            file.write("hello")
        with open(os.path.join(folder, "odd name ä#1%20.bin"), "wb") as file:
            file.write(bytes(range(256)) * 4096)
        with open(os.path.join(folder, "nothing"), "wb"):
            pass
        os.mkdir(os.path.join(folder, "deep"))
        with open(os.path.join(folder, "deep", "data.json"), "w") as file:
            file.write("{}")
        mlflow.log_artifact(os.path.join(folder, "plain.txt"))
        mlflow.log_artifact(os.path.join(folder, "nothing"), "some/where")
        mlflow.log_artifacts(os.path.join(folder, "deep"), "deep")
        mlflow.log_text("text", "notes/a.txt")
        mlflow.log_dict({"a": 1}, "notes/b.json")
        run_id = run.info.run_id
        assert [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run_id)] == [
            ("deep", True, None),
            ("notes", True, None),
            ("plain.txt", False, 5),
            ("some", True, None),
        ], client.list_artifacts(run_id)
        assert [f.path for f in client.list_artifacts(run_id, "notes")] == [
            "notes/a.txt",
            "notes/b.json",
        ]
        assert client.list_artifacts(run_id, "plain.txt") == []
        assert client.list_artifacts(run_id, "none") == []
        assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "text"
        assert mlflow.artifacts.load_dict(f"runs:/{run_id}/notes/b.json") == {"a": 1}
        mlflow.log_text("other", "notes/a.txt")
        assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "other"
        got = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="", dst_path=os.path.join(folder, "got"))
        assert open(os.path.join(got, "deep", "data.json")).read() == "{}"
        assert os.path.getsize(os.path.join(got, "some", "where", "nothing")) == 0
        try:
            mlflow.artifacts.load_text(f"runs:/{run_id}/notes/none.txt")
        except Exception as error:
            assert "No such artifact" in str(error) or "none.txt" in str(error), error
        else:
            raise AssertionError("found what is not there")


@check
def odd_file_names_survive():
    run_id = client.create_run("0").info.run_id
    with tempfile.TemporaryDirectory() as folder:
        for name in ["with space.txt", "ümlaut.txt", "a+b.txt"]:
            with open(os.path.join(folder, name), "w") as file:
                file.write(name)
        client.log_artifacts(run_id, folder, "odd names")
        names = sorted(os.path.basename(f.path) for f in client.list_artifacts(run_id, "odd names"))
        assert names == sorted(os.listdir(folder)), names
        got = client.download_artifacts(run_id, "odd names", folder)
        for name in names:
            assert open(os.path.join(got, name)).read() == name


@check
def large_artifacts_stream():
    run_id = client.create_run("0").info.run_id
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.bin")
        block = os.urandom(1 << 20)
        with open(path, "wb") as file:
            for _ in range(64):
                file.write(block)
        client.log_artifact(run_id, path)
        assert client.list_artifacts(run_id)[0].file_size == 64 << 20
        os.mkdir(os.path.join(folder, "got"))
        got = client.download_artifacts(run_id, "large.bin", os.path.join(folder, "got"))
        with open(got, "rb") as file:
            for _ in range(64):
                assert file.read(1 << 20) == block
            assert file.read() == b""


@check
def inputs_are_noted():
    import numpy
    import pandas

    mlflow.set_experiment(f"inputs-{TAG}")
    with mlflow.start_run() as run:
        frame = pandas.DataFrame({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5]})
        mlflow.log_input(mlflow.data.from_pandas(frame, name="train"), context="training")
        mlflow.log_input(mlflow.data.from_numpy(numpy.zeros((3, 2)), name="eval"), context="eval")
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    found = {(i.dataset.name, i.tags[0].key, i.tags[0].value) for i in inputs}
    assert found == {
        ("train", "mlflow.data.context", "training"),
        ("eval", "mlflow.data.context", "eval"),
    }, found
    assert all(i.dataset.digest and i.dataset.schema and i.dataset.source for i in inputs)
    named = client.search_runs([run.info.experiment_id], "dataset.name = 'train'")
    assert [r.info.run_id for r in named] == [run.info.run_id]
