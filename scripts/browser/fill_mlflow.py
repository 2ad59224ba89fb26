"""The long series in MLflow's own tables: its server would take a minute for each of them."""

import contextlib
import sqlite3

from series import KEY, START, name, value

INDEXES = ["index_metrics_run_uuid", "index_metrics_run_uuid_key_step"]
METRICS = ["key", "value", "timestamp", "run_uuid", "step", "is_nan"]
LATEST = ["run_uuid", "key", "value", "timestamp", "step", "is_nan"]
RUNS = [
    "run_uuid", "name", "source_type", "user_id", "status", "start_time", "lifecycle_stage", "artifact_uri", "experiment_id",
]


def run_id(index):
    return f"{index + 1:032x}"


def fill_series(path, series, points):
    """Runs long-1 and so on of the first experiment. What SQLite keeps in order is written in order, indexes come last."""
    ids = [run_id(index) for index in range(series)]
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        for word in ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -262144"):
            database.execute(f"PRAGMA {word}")
        made = [database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [one]).fetchone()[0] for one in INDEXES]

        def rows(table, columns, values):
            marks = ", ".join("?" * len(columns))
            database.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)

        database.execute("BEGIN")
        for one in INDEXES:
            database.execute(f"DROP INDEX {one}")
        rows("runs", RUNS, (
            (run, name(index), "UNKNOWN", "ana", "RUNNING", START - index, "active", f"mlflow-artifacts:/0/{run}/artifacts", 0)
            for index, run in enumerate(ids)))
        # Its page wants the tag that its client sets.
        rows("tags", ["run_uuid", "key", "value"], ((run, "mlflow.runName", name(index)) for index, run in enumerate(ids)))
        rows("metrics", METRICS, (
            (KEY, value(step, index), START + step, run, step, 0) for step in range(points) for index, run in enumerate(ids)))
        rows("latest_metrics", LATEST, (
            (run, KEY, value(points - 1, index), START + points - 1, points - 1, 0) for index, run in enumerate(ids)))
        for text in made:
            database.execute(text)
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = DELETE")
