"""What MLflow's own client gets done at a server, as JSON: rates a second.

Usage: client.py URL SECONDS"""

import json
import os
import sys
import time

url, seconds = sys.argv[1], float(sys.argv[2])
os.environ["MLFLOW_TRACKING_URI"] = url

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric, Param  # noqa: E402

client = MlflowClient(url)


def rate(body):
    body(0)
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        done += 1
        body(done)
    return done / (time.perf_counter() - start)


run = client.create_run("0").info.run_id
batch = [Metric(f"m{key}", key / 7, 1_760_000_000_000, 0) for key in range(10)]


def points(step):
    client.log_batch(
        run, metrics=[Metric(one.key, one.value + step, one.timestamp, step * 100 + k)
                      for k in range(100) for one in batch])


def whole(index):
    made = client.create_run("0").info.run_id
    client.log_batch(
        made, params=[Param(f"p{key}", str(index)) for key in range(5)],
        metrics=[Metric(f"m{key}", index, 1_760_000_000_000, 0) for key in range(3)])
    client.set_terminated(made)


print(json.dumps({
    "log_metric": rate(lambda step: client.log_metric(run, "loss", 1 / (step + 1), step=step)),
    "points": 1000 * rate(points),
    "runs": rate(whole),
}))
