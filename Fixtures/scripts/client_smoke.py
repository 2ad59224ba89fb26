"""What scripts do with an MLflow server, each call read back.

Knows nothing of the server but its address, so it shows the same against any:

    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python client_smoke.py

Needs mlflow-skinny (or mlflow), numpy, pandas and scikit-learn. Prints one line a check; the exit
status is the number of checks that failed.
"""

import os
import sys
import time
import traceback

os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

import mlflow

# They are made in this order.
from smoke.checks import checks
from smoke import experiments, runs, metrics, finding, artifacts, models  # noqa: F401


def main():
    wanted = sys.argv[1:]
    failed = 0
    for function in checks:
        if wanted and not any(word in function.__name__ for word in wanted):
            continue
        started = time.time()
        try:
            while mlflow.active_run():
                mlflow.end_run()
            mlflow.set_experiment(experiment_id="0")
            function()
            outcome = "ok    "
        except Exception:
            failed += 1
            outcome = "FAILED"
            traceback.print_exc()
        print(f"{outcome} {time.time() - started:6.2f} s  {function.__name__}", flush=True)
    print(f"{len(checks)} checks, {failed} failed" if not wanted else f"{failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main())
