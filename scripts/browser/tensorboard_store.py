"""TensorBoard over event files: its scalars page."""

import contextlib
import os
import subprocess
import time
import urllib.parse
from pathlib import Path

from asking import Unready, ask
from serving import free_address, serving
from series import KEY, LIVE, name

FILL = Path(__file__).parent / "fill_tensorboard.py"
READING = 300  # seconds at least that it has to read an event file


class TensorBoard:
    key = "tensorboard"
    look = "tensorboard"

    def __init__(self, python, samples=None):
        """`samples`: so many points of a series are kept and shown (0, which should be all, shows none); None leaves it at its default."""
        self.python, self.samples = python, samples

    def lay(self, folder, runs, series, points):
        """It lists no runs of a few values each: `runs` are none."""
        subprocess.run([self.python, FILL, folder, str(series), str(points)], check=True)

    @contextlib.contextmanager
    def serve(self, folder):
        self.url, self.folder = free_address(), folder
        words = [
            self.python, "-m", "tensorboard.main", "--logdir", folder, "--host", "127.0.0.1",
            "--port", self.url.rsplit(":", 1)[1], "--reload_interval", "1",
        ]
        if self.samples is not None:
            words += ["--samples_per_plugin", f"scalars={self.samples}"]
        with serving(words, self.url, dict(os.environ), folder, path="/data/environment"):
            yield self

    def ready(self, series, points):
        """It reads its files while it serves: until all are read."""
        for index in range(series):
            self.wait(index, points - 1)

    def wait(self, index, step):
        query = urllib.parse.urlencode({"run": name(index), "tag": KEY})
        for _ in range(READING):
            with contextlib.suppress(OSError, ValueError, LookupError):
                if ask(f"{self.url}/data/plugin/scalars/scalars?{query}")[-1][1] >= step:
                    return
            time.sleep(1)
        raise Unready(f"has not read them in {READING} s")

    def chart_page(self, index):
        """Of one run alone: its choice of runs is a pattern in the address."""
        return f"{self.url}/#scalars&regexInput=" + urllib.parse.quote(f"^{name(index)}$", safe="")

    def overlay_page(self):
        return f"{self.url}/#scalars"

    def log(self, points):
        first = points[0]["step"]
        subprocess.run([self.python, FILL, "--more", self.folder, str(first), str(len(points))], check=True)
        self.wait(LIVE, points[-1]["step"])

    def press(self, page):
        """By default it fetches nothing again until somebody presses its button."""
        page.get_by_role("button", name="Reload").or_(page.locator("app-header-reload button")).first.click()
