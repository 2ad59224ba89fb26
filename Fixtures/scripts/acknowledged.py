"""Logs points to MLFLOW_TRACKING_URI until that is gone, and notes in a file each step that was answered.

Speaks HTTP itself, so that a test knows to the point what was acknowledged. Usage: acknowledged.py NOTES"""

import json
import os
import sys
import urllib.request

notes = sys.argv[1]
base = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/"


def post(path, body):
    request = urllib.request.Request(
        base + path,
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"],
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


try:
    experiment = post("experiments/create", {"name": "kills"})["experiment_id"]
except urllib.error.HTTPError:
    experiment = "0"
run = post("runs/create", {"experiment_id": experiment, "start_time": 1})["run"]["info"]["run_id"]
try:
    with open(notes, "a") as file:
        for step in range(100_000):
            post("runs/log-metric", {"run_id": run, "key": "loss", "value": 1 / (1 + step), "timestamp": step, "step": step})
            file.write(f"{step}\n")
            file.flush()
except OSError:
    pass  # the server is gone: as the test wanted
finally:
    open(notes + ".ended", "w").close()
