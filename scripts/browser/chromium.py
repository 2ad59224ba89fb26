"""Debian's Chromium, headless: visits to pages, each in a context of its own, and what a page fetches."""

import contextlib
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, TimeoutError, sync_playwright

WATCH = (Path(__file__).parent / "watch.js").read_text()
PATIENCE = 60  # seconds until a page is given up
# Nobody is asked but the servers that are measured.
WORDS = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


@contextlib.contextmanager
def chromium():
    program = shutil.which("chromium")
    if program is None:
        sys.exit("bench-browser: there is no chromium on the PATH\n  install it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=WORDS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def visit(browser, url, look, wanted=1):
    """A page and what `look` of watch.js saw there, `at` in milliseconds since the navigation began; None if it did not in time."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.add_init_script(f"{WATCH}\nbench.watch({look!r}, {wanted});")
        try:
            page.goto(url, wait_until="commit", timeout=1000 * PATIENCE)
            page.wait_for_function("() => globalThis.bench?.drawn", polling=50, timeout=1000 * PATIENCE)
            seen = page.evaluate("bench.drawn")
        except TimeoutError:
            seen = None
        except Error as error:
            sys.exit(f"bench-browser: {url} does not open: {error.message.splitlines()[0]}")
        yield page, seen
    finally:
        with contextlib.suppress(Error):
            context.close()


def walk(page, url, look, wanted=1):
    """What `look` saw in another view of a page that is open, `at` in milliseconds since it was asked for; None if not in time."""
    page.evaluate("([url, look, wanted]) => bench.walk(url, look, wanted)", [url, look, wanted])
    return noticed(page)


def scroll_to_end(page, frame, look):
    """What `look` saw at the end of the table in `frame`, `at` in milliseconds since it was scrolled there; None if not in time."""
    page.evaluate("([frame, look]) => bench.toEnd(frame, look)", [frame, look])
    return noticed(page)


def noticed(page):
    try:
        page.wait_for_function("() => globalThis.bench?.drawn", polling=50, timeout=1000 * PATIENCE)
    except TimeoutError:
        return None
    return page.evaluate("bench.drawn")


class Traffic:
    """Bytes that a page is sent, as they come over the wire, heads of answers and streams of events included."""

    def __init__(self, page):
        self.bytes = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", lambda told: self.note(told, told["response"]["encodedDataLength"]))
        session.on("Network.dataReceived", lambda told: self.add(told))
        session.on("Network.loadingFinished", lambda told: self.note(told, told["encodedDataLength"]))
        session.send("Network.enable")

    def note(self, told, total):
        self.bytes[told["requestId"]] = max(total, self.bytes.get(told["requestId"], 0))

    def add(self, told):
        # What is not compressed on its way may be told of by its length alone.
        more = told["encodedDataLength"] or told["dataLength"]
        self.bytes[told["requestId"]] = self.bytes.get(told["requestId"], 0) + more

    def settle(self, page, still=3_000, most=30_000):
        """Until nothing has come for `still` milliseconds, or `most` of them are over."""
        waited = quiet = 0
        before = self.total
        while quiet < still and waited < most:
            page.wait_for_timeout(250)
            waited += 250
            quiet = quiet + 250 if self.total == before else 0
            before = self.total

    @property
    def total(self):
        return sum(self.bytes.values())
