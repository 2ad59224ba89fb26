"""Fieldbook: its server over a workspace that `fieldbook-bench lay` made."""

import contextlib
import os
import subprocess
import urllib.parse

from asking import ask
from serving import free_address, serving
from series import KEY, LIVE, name


class Fieldbook:
    key = "fieldbook"
    look = "fieldbook"

    def __init__(self, build):
        self.build = build

    def lay(self, folder, runs, series, points):
        words = ["--runs", str(runs), "--series", str(series), "--points", str(points or 1)]
        subprocess.run([f"{self.build}/fieldbook-bench", "lay", folder, *words], check=True, stdout=subprocess.DEVNULL)

    @contextlib.contextmanager
    def serve(self, folder):
        self.url = free_address()
        home = os.path.join(folder, "home")
        env = {**os.environ, "HOME": home}
        for word in [word for word in env if word.startswith(("XDG_", "FIELDBOOK_", "MLFLOW_"))]:
            del env[word]
        words = [f"{self.build}/fieldbook", "server", "--dir", folder, "--port", self.url.rsplit(":", 1)[1]]
        with serving(words, self.url, env, folder):
            yield self

    def ready(self, series, points):
        """Runs by their names."""
        self.runs = {name(index): self.run(name(index)) for index in range(series)}

    def run(self, wanted):
        told = ask(f"{self.url}/page/api/runs/search", {
            "filter": f"attributes.run_name = '{wanted}'", "order_by": [], "limit": 1, "page_token": None, "experiment": None,
            "deleted": False,
        })
        return told["runs"][0]["run_id"]

    def rows_page(self):
        return f"{self.url}/#/runs"

    def chart_page(self, index):
        return f"{self.url}/#/runs/{self.runs[name(index)]}?" + urllib.parse.urlencode({"tab": "charts", "only": KEY})

    def overlay_page(self):
        return f"{self.url}/#/runs?" + urllib.parse.urlencode({"chosen": ",".join(self.runs.values()), "chart": KEY})

    def log(self, points):
        ask(f"{self.url}/api/2.0/mlflow/runs/log-batch", {"run_id": self.runs[name(LIVE)], "metrics": points})

    def press(self, page):
        """It hears of the points by itself."""
