"""MLflow: its own server and the page that its package brings, over SQLite."""

import contextlib
import os
import sys
from pathlib import Path

from asking import ask
from fill_mlflow import fill_series, run_id
from serving import mlflow_server
from series import LIVE

sys.path.append(str(Path(__file__).resolve().parent.parent / "api"))

from filling import fill_theirs  # noqa: E402


class MLflow:
    key = "mlflow"
    look = "mlflow"

    def __init__(self, python):
        self.python = python

    def lay(self, folder, runs, series, points):
        # Its tables are made when it starts the first time.
        with self.serve(folder):
            pass
        fill_theirs(folder + "/mlflow.db", runs)
        fill_series(folder + "/mlflow.db", series, points)

    @contextlib.contextmanager
    def serve(self, folder):
        os.makedirs(folder, exist_ok=True)
        env = {**os.environ, "HOME": folder, "MLFLOW_DISABLE_TELEMETRY": "true"}
        env.pop("MLFLOW_TRACKING_URI", None)
        with mlflow_server(self.python, folder, env) as self.url:
            yield self

    def ready(self, series, points):
        pass

    def rows_page(self):
        return f"{self.url}/#/experiments/0/runs"

    def chart_page(self, index):
        return f"{self.url}/#/experiments/0/runs/{run_id(index)}/model-metrics"

    def overlay_page(self):
        """All runs of the experiment, twenty at most, in one chart."""
        return f"{self.url}/#/experiments/0/runs?compareRunsMode=CHART"

    def log(self, points):
        ask(f"{self.url}/api/2.0/mlflow/runs/log-batch", {"run_id": run_id(LIVE), "metrics": points})

    def press(self, page):
        """It asks again by itself, twice a minute."""
