"""The same runs in both servers: ours is told, MLflow's tables are written, since its server takes
40 ms a run."""

import contextlib
import sqlite3

RATES = ["0.1", "0.03", "0.01", "0.003", "0.001"]
PART = 100


def parameters(index):
    return {
        "lr": RATES[index % 5], "batch_size": str(16 << (index // 5 % 5)), "depth": str(index % 7),
        "optimizer": "adam" if index % 2 == 0 else "sgd", "seed": str(index),
    }


def tags(index):
    return {"batch": f"b{index % 1000}", "team": "vision" if index % 3 == 0 else "speech"}


def metrics(index):
    def part(prime):
        return index * prime % 100_003 / 100_003

    return {
        "loss": part(7919), "accuracy": part(104_729), "epoch": float(index % 90),
        "seconds": part(1_299_709) * 3600,
    }


def pairs(values):
    return [{"key": key, "value": value} for key, value in values.items()]


def fill_ours(wire, runs):
    for index in range(runs):
        made = wire.call(
            "POST", "runs/create",
            {"experiment_id": "0", "start_time": 1_760_000_000_000 + index * 1000, "tags": pairs(tags(index))})
        points = [
            {"key": key, "value": value, "timestamp": 1_760_000_000_000 + index * 1000, "step": 0}
            for key, value in metrics(index).items()
        ]
        wire.call(
            "POST", "runs/log-batch",
            {"run_id": made["run"]["info"]["run_id"], "params": pairs(parameters(index)), "metrics": points})


def fill_theirs(path, runs):
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        def rows(table, columns, values):
            marks = ", ".join("?" * len(columns))
            database.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)

        ids = [f"{index:032x}" for index in range(runs)]
        rows(
            "runs",
            ["run_uuid", "name", "source_type", "user_id", "status", "start_time",
             "lifecycle_stage", "artifact_uri", "experiment_id"],
            ((run, f"run-{index}", "UNKNOWN", "ana", "RUNNING", 1_760_000_000_000 + index * 1000,
              "active", f"mlflow-artifacts:/0/{run}/artifacts", 0) for index, run in enumerate(ids)))
        for table, values in [("params", parameters), ("tags", tags)]:
            rows(
                table, ["run_uuid", "key", "value"],
                ((run, key, value) for index, run in enumerate(ids)
                 for key, value in values(index).items()))
        for table, more in [("metrics", []), ("latest_metrics", [])]:
            rows(
                table, ["run_uuid", "key", "value", "timestamp", "step", "is_nan"],
                ((run, key, value, 1_760_000_000_000 + index * 1000, 0, 0)
                 for index, run in enumerate(ids) for key, value in metrics(index).items()))
