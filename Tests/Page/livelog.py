#!/usr/bin/env python3
"""The log of a run in a browser while `fieldbook run` goes on: what is printed is there, once, whole, and to its end.

    Tests/Page/livelog.py --binary .build/debug/fieldbook [--screenshots DIR]

Makes a replica in a folder of its own, and ends what it starts. One line a check; status 1 if any failed.
"""

import argparse
import contextlib
import functools
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "browser"))
from asking import ask
from checking import close, play
from chromium import chromium

WAIT = 20_000  # milliseconds until a check gives up

# Prints what the file of the next number holds, when it is there; an empty one ends it. What ends in .err goes to stderr.
SLOW = """
import os, sys, time
number = 0
while True:
    names = [f"{number}.out", f"{number}.err"]
    found = next((name for name in names if os.path.exists(name)), None)
    if not found:
        time.sleep(0.02)
        continue
    words = open(found, "rb").read()
    if not words:
        break
    stream = (sys.stdout if found.endswith("out") else sys.stderr).buffer
    stream.write(words)
    stream.flush()
    number += 1
"""


class Slow:
    """A run that prints what it is told to, when it is told to."""

    def __init__(self, site):
        self.folder = Path(tempfile.mkdtemp(dir=site.folder))
        self.number = 0
        (self.folder / "slow.py").write_text(SLOW)
        known = set(site.runs())
        words = [site.binary, "--dir", str(site.folder), "run", "--", sys.executable, "slow.py"]
        self.process = subprocess.Popen(words, cwd=self.folder, env=site.variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(400):
            new = set(site.runs()) - known
            if new:
                break
            time.sleep(0.05)
        self.id = new.pop()

    def tell(self, words, stream="out"):
        part = self.folder / "part"
        part.write_bytes(words)
        part.rename(self.folder / f"{self.number}.{stream}")
        self.number += 1

    def end(self):
        self.tell(b"")
        self.process.wait(60)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


class Site:
    def __init__(self, browser, binary, folder, port, variables):
        self.browser, self.binary, self.folder, self.variables = browser, binary, folder, variables
        self.url = f"http://127.0.0.1:{port}"

    def runs(self):
        return [run["run_id"] for run in ask(f"{self.url}/page/api/runs/search", {"limit": 200})["runs"]]

    @contextlib.contextmanager
    def log(self, width=1280):
        """A run that goes on and the page of its log."""
        run = Slow(self)
        context = self.browser.new_context(viewport={"width": width, "height": 800})
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        try:
            page.goto(f"{self.url}/#/runs/{run.id}?tab=log")
            yield run, page
            assert not page.troubles, page.troubles
        finally:
            context.close()
            run.stop()


def text(page):
    return page.locator("pre.log").text_content()


def until(page, words):
    page.wait_for_function("words => document.querySelector('pre.log')?.textContent.includes(words)", arg=words)


def appears(site):
    """output that comes later is shown while the run goes on, and the last of it when it has ended"""
    with site.log() as (run, page):
        page.get_by_text("Nothing has been written yet.").wait_for()
        run.tell(b"first\n")
        until(page, "first")
        assert page.get_by_text("It goes on.").is_visible()
        for number in range(5):
            run.tell(b"line %d\n" % number)
            until(page, f"line {number}\n")
        run.tell(b"the last of it")
        run.end()
        until(page, "the last of it")
        page.get_by_text("It goes on.").wait_for(state="detached")
        whole = "first\n" + "".join(f"line {number}\n" for number in range(5)) + "the last of it"
        assert text(page) == whole, text(page)
        page.reload()
        until(page, "the last of it")
        assert text(page) == whole, text(page)


def late(site):
    """a tab that was empty takes up what a run printed that has ended since"""
    with site.log() as (run, page):
        page.get_by_text("Nothing has been written yet.").wait_for()
        run.tell(b"at the end\n")
        run.end()
        until(page, "at the end")


def characters(site):
    """characters in parts, bytes that are none, and lines that are written over"""
    with site.log() as (run, page):
        run.tell(b"begin \xc3")
        until(page, "begin ")
        page.wait_for_timeout(1500)
        run.tell(b"\xbc end\n")
        until(page, "begin ü end\n")
        run.tell(b"bad \xff byte\n")
        until(page, "bad � byte\n")
        run.tell(b"10 %")
        until(page, "10 %")
        run.tell(b"\r20 %")
        until(page, "20 %")
        assert "10 %" not in text(page), text(page)
        run.tell(b"\r100 %\r\n<b>done</b>\n")
        until(page, "done")
        assert text(page) == "begin ü end\nbad � byte\n100 %\n<b>done</b>\n", text(page)


def streams(site):
    """both streams; the one that holds something is shown first"""
    with site.log() as (run, page):
        run.tell(b"a warning\n", "err")
        until(page, "a warning")
        run.tell(b"a result\n")
        page.get_by_role("button", name="stdout").click()
        until(page, "a result")
        assert "warning" not in text(page)
        run.tell(b"another\n", "err")
        page.get_by_role("button", name="stderr").click()
        until(page, "a warning\nanother\n")


def following(site):
    """the end is followed by who is there, and not by who reads above"""
    with site.log() as (run, page):
        run.tell(b"".join(b"line %d\n" % number for number in range(400)))
        until(page, "line 399")
        gap = "() => { const p = document.querySelector('pre.log'); return p.scrollHeight - p.scrollTop - p.clientHeight; }"
        assert page.evaluate(gap) < 40
        run.tell(b"".join(b"more %d\n" % number for number in range(100)))
        until(page, "more 99")
        page.wait_for_function(f"() => ({gap})() < 40")
        page.evaluate("document.querySelector('pre.log').scrollTop = 300")
        run.tell(b"unseen\n")
        until(page, "unseen")
        assert page.evaluate("document.querySelector('pre.log').scrollTop") == 300


def long(site):
    """of a long log, the end, which says so; what is added later is read alone"""
    with site.log() as (run, page):
        page.get_by_text("Nothing has been written yet.").wait_for()
        line = b"x" * 99 + b"\n"
        run.tell(line * 30_000 + b"mark\n")
        until(page, "mark")
        assert len(text(page)) == len(line) * 30_000 + len("mark\n"), "all of what came while it was open"
        page.reload()
        until(page, "mark")
        page.get_by_text("The end of").wait_for()
        assert text(page).startswith("xxx") and len(text(page)) <= 1 << 20
        sizes = []
        page.on("response", lambda answer: "/log?" in answer.url and sizes.append(int(answer.headers["content-length"])))
        run.tell(b"added\n")
        until(page, "added")
        assert sum(sizes) == len(b"added\n"), sizes
        if site.screenshots:
            page.screenshot(path=f"{site.screenshots}/livelog.png")
        run.end()
        page.get_by_role("link", name="All of it").wait_for()


def killed(site):
    """a run whose recorder was killed still shows what it printed, and is not waited for"""
    with site.log() as (run, page):
        run.tell(b"so far\n")
        until(page, "so far")
        run.process.kill()
        run.process.wait(60)
        page.get_by_text("It goes on.").wait_for(state="detached")
        assert text(page) == "so far\n"
        run.tell(b"")  # ends the command, which nobody records any more


CHECKS = [appears, late, characters, streams, following, long, killed]


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--binary", required=True)
    words.add_argument("--screenshots")
    options = words.parse_args()
    binary = str(Path(options.binary).resolve())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="fieldbook-livelog-") as made, chromium() as browser:
        folder = Path(made)
        variables = {**os.environ, "HOME": made, "XDG_CONFIG_HOME": made}
        subprocess.run([binary, "init", made], env=variables, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([binary, "--dir", made, "server", "--port", str(port)], env=variables, stdout=subprocess.DEVNULL)
        try:
            site = Site(browser, binary, folder, port, variables)
            site.screenshots = options.screenshots
            for _ in range(200):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{site.url}/page/api/status", timeout=10).close()
                    break
                time.sleep(0.05)
            failed = play((check.__doc__, functools.partial(check, site)) for check in CHECKS)
        finally:
            server.terminate()
            server.wait(60)
    return close(failed)


if __name__ == "__main__":
    sys.exit(main())
