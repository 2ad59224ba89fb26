"""A training script: logs through MLflow's REST API, and notes each thing that was answered with 200.

Usage: recorder.py NOTES PREFIX STEPS"""

import http.client
import json
import os
import sys
import urllib.parse

notes_path, prefix, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
address = urllib.parse.urlsplit(os.environ["MLFLOW_TRACKING_URI"])
run = os.environ["FIELDBOOK_RUN_ID"]


def post(verb, **body):
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    token = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
    connection.request(
        "POST", f"/api/2.0/mlflow/runs/{verb}", json.dumps({"run_id": run, **body}),
        {"Content-Type": "application/json", **token},
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status == 200


with open(notes_path, "a", buffering=1) as notes:

    def log(note, verb, **body):
        notes.write(f"tried {note}\n")
        if post(verb, **body):
            notes.write(f"done {note}\n")

    try:
        log(f"param {prefix}p {prefix}v", "log-parameter", key=prefix + "p", value=prefix + "v")
        for step in range(steps):
            point = {"key": prefix + "m", "value": step / 7, "timestamp": step, "step": step}
            log(f"point {prefix}m", "log-metric", **point)
        batch = [
            {"key": prefix + "b", "value": step * step, "timestamp": step, "step": step}
            for step in range(500)
        ]
        log(f"points {prefix}b 500", "log-batch", metrics=batch)
    except (OSError, http.client.HTTPException):
        sys.exit(3)  # Who answered is gone.
print(prefix, "ended")
