"""Tests of the page in a real browser, against a running server.

    python3 Tests/Page/run.py --url http://127.0.0.1:5000 --chromium /usr/bin/chromium [--screenshots DIR] [--only WORD] [--hub URL --hub-link LINK]
        [--program .build/debug/fieldbook --root FOLDER]

The server's replica holds at least 200 runs, a series of a million points with one spike, conflicts (one of them of a text
or a tag), names that are markup, two runs with snapshots (`fieldbook run -c FILE --data FILE`) whose code differs from the
commit and whose configs differ, one of them registered as a model, a run with children, and what laying.py lays. With
--program, which is asked about the replica FOLDER/ana that is served, what the page changes is looked up there, too. What they are called is read from the server. One line a check; status 1 if any failed.
Needs playwright and axe-playwright-python.
"""

import argparse
import sys

from playwright.sync_api import sync_playwright

import actions
import charts
import comparing
import deciding
import dialogs
import groups
import hostile
import lineage
import outage
import pages
import previews
import runparts
import runs
import saved
import signing
import troubles
from checking import close, play
from commandline import CommandLine
from support import Site

MODULES = [pages, dialogs, runs, runparts, charts, groups, comparing, saved, lineage, signing, hostile, previews, troubles, outage, deciding, actions]


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--url", required=True)
    words.add_argument("--chromium", required=True)
    words.add_argument("--screenshots")
    words.add_argument("--hub", help="a hub's address, to sign in there")
    words.add_argument("--hub-link", help="a link to it that was not used yet, as `fieldbook page` prints it")
    words.add_argument("--program", help="the built program, to ask about the replica that is served")
    words.add_argument("--root", help="the folder that the replica lies in, by the name of ana")
    words.add_argument("--only", default="", help="checks whose name holds this")
    options = words.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        site = Site(browser, options.url.rstrip("/"), options.screenshots, options.hub and options.hub.rstrip("/"), options.hub_link,
                    options.program and CommandLine(options.program, options.root, "ana"))
        checks = ((name, check) for module in MODULES for name, check in module.checks(site) if options.only in name)
        failed = play(checks, after=site.close_pages)
        browser.close()
    return close(failed)


if __name__ == "__main__":
    sys.exit(main())
