#!/usr/bin/env python3
"""The page of a replica in a browser while another process syncs it: what fails, what is sent and what arrives is told.

    Tests/Page/livesync.py --binary .build/debug/fieldbook [--screenshots DIR]

Makes a team in a folder of its own, and ends what it starts. Status 1 if anything is not so.
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "browser"))
from chromium import chromium

WAIT = 20_000  # milliseconds until a check gives up


def free_ports(count):
    with contextlib.ExitStack() as open_ones:
        servers = [open_ones.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]


class Team:
    """A hub, ana who records, and bo whose page is looked at, who takes contents on demand alone."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.port, self.hub_port = free_ports(2)
        self.variables = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self.started = []

    def own(self, name, *words, fails=False):
        done = subprocess.run([self.binary, "--dir", str(self.folder / name), *words], env=self.variables, capture_output=True, text=True, cwd=self.folder)
        assert fails or done.returncode == 0, f"{words}: {done.stdout} {done.stderr}"
        return done.stdout.strip()

    def start(self, name, verb, port):
        process = subprocess.Popen([self.binary, "--dir", str(self.folder / name), verb, "--port", str(port)], env=self.variables,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.started.append(process)
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
                return process
            time.sleep(0.05)
        sys.exit(f"livesync: no {verb} on port {port}")

    def stop(self, process):
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def check(team, browser, screenshots):
    team.own("hub", "init", str(team.folder / "hub"))
    hub = team.start("hub", "hub", team.hub_port)
    for name in ["ana", "bo"]:
        code = json.loads(team.own("hub", "invite", "--json"))["code"]
        subprocess.run([team.binary, "clone", f"http://127.0.0.1:{team.hub_port}", str(team.folder / name), "--code", code, "--device", name],
                       env=team.variables, check=True, capture_output=True)
    (team.folder / "bo" / ".fieldbook" / "config.yaml").write_text("contents: on-demand\n")
    (team.folder / "model.bin").write_bytes(bytes(range(256)) * 8)
    run = team.own("ana", "start", "--experiment", "e").split()[-1]
    team.own("ana", "log", "artifact", str(team.folder / "model.bin"), "--run", run)
    team.own("ana", "sync")
    team.own("bo", "sync")
    team.start("bo", "server", team.port)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(WAIT)

    def visit(place):
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{team.port}/{place}")
        page.wait_for_selector("main h1")
        page.wait_for_timeout(1500)  # until its stream is heard
        return page

    page = visit(f"#/runs/{run}?tab=artifacts")
    page.get_by_text("not here yet").wait_for()
    team.own("bo", "artifacts", "get", run, "model.bin", "--out", str(team.folder / "got"))
    page.get_by_text("not here yet").wait_for(state="detached")
    print("ok      a file that was fetched is here, on a page that was open", flush=True)
    page.close()

    page = visit("#/sync")
    team.own("bo", "tag", run, "reviewed=yes")
    page.locator("#unsent", has_text="1 unsent").wait_for()
    team.own("bo", "sync")
    page.locator("#unsent").wait_for(state="hidden")
    page.locator(".tile", has_text="changes unsent").locator("strong", has_text="0").wait_for()
    print("ok      what was sent is no longer unsent", flush=True)

    team.stop(hub)
    team.own("bo", "sync", fails=True)
    trouble = page.locator(".remote-trouble")
    trouble.wait_for()
    box = trouble.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390, box
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if screenshots:
        page.screenshot(path=f"{screenshots}/livesync.png", full_page=True)
    print("ok      a sync that failed is told, and can be read on a narrow page", flush=True)

    team.start("hub", "hub", team.hub_port)
    team.own("bo", "sync")
    trouble.wait_for(state="detached")
    print("ok      and is gone when the next one went well", flush=True)
    context.close()


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--binary", required=True)
    words.add_argument("--screenshots")
    options = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="fieldbook-livesync-") as made, chromium() as browser:
        team = Team(str(Path(options.binary).resolve()), Path(made))
        try:
            check(team, browser, options.screenshots)
        finally:
            for process in team.started:
                team.stop(process)


if __name__ == "__main__":
    main()
