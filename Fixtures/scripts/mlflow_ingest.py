"""Logs points with MLflow's own client into its own SQLite store, in batches of 1,000 as its client sends them at
most. Prints points a second. Usage: mlflow_ingest.py FOLDER POINTS"""

import sys
import time

from mlflow import MlflowClient
from mlflow.entities import Metric

folder, points = sys.argv[1], int(sys.argv[2])
client = MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")
experiment = client.create_experiment("bench", artifact_location=folder)
run = client.create_run(experiment).info.run_id
client.log_batch(run, metrics=[Metric("warm", 1.0, 1, 0)])

batches = [
    [
        Metric(f"metric{key}", 1.0 / (1 + step), 1_763_697_600_000 + step, step)
        for step in range(first, first + 100)
        for key in range(10)
    ]
    for first in range(0, points // 10, 100)
]
started = time.perf_counter()
for batch in batches:
    client.log_batch(run, metrics=batch)
print(points / (time.perf_counter() - started))
