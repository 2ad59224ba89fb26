"""What is hostile, rare or odd in the replica that the page's tests look at, laid by the command line as people would.

    python3 laying.py disputes|oddities --program .build/debug/fieldbook --root FOLDER

`disputes` is what two disagree about, before the replica is large; `oddities` comes after its last sync. FOLDER holds the replicas `ana`, `bo` and `hub`, and their owners' homes beside them; the hub is reached as both know it.
"""

import argparse
import base64
import glob
import math
import struct
import tempfile
from pathlib import Path

from commandline import CommandLine

MARKUP = "<img src=x onerror=\"document.title='broken'\">"
RUN, ODD = "hostile", "odd metrics"
KEY = "__proto__"  # keys have no markup in them; this one is a trap of another kind
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==")


def tone(seconds=0.25, rate=8_000):
    """A tiny WAV."""
    data = b"".join(struct.pack("<h", int(8_000 * math.sin(i / 5))) for i in range(int(seconds * rate)))
    return b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16) + b"data" + struct.pack("<I", len(data)) + data


FILES = {
    "page.html": b"""<meta http-equiv="refresh" content="0;url=https://example.org/refreshed"><link rel="stylesheet" href="https://example.org/x.css">
<script>document.title = 'ran'; document.documentElement.dataset.ran = '1'; parent.document.title = 'broken'; alert(1)</script>
<p id="words">words of the page</p><img src="https://example.org/x.png" onerror="document.documentElement.dataset.ran = '1'">
<form action="https://example.org/form" target="_top"><input name="a" value="1"><button id="send">Send</button></form>""",
    "notes.md": b"# Notes\n\n[bad](javascript:alert(1)) [worse](data:text/html,x) [good](https://example.org/) <img src=x onerror=alert(1)> <script>alert(1)</script>\n\n- **one**\n\n| name | value |\n| :-- | --: |\n| <img src=x onerror=alert(1)> | **2** |\n| a \\| b |\n",
    "table.csv": b"name,value\n\"<img src=x onerror=alert(1)>\",2\n\"a, b\",3\n",
    "data.json": b"{\"a\": [1, 2], \"<script>alert(1)</script>\": \"<img src=x onerror=alert(1)>\"}",
    "picture.png": PIXEL,
    "drawing.svg": b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="parent.document.title = 'broken'"><script>alert(1)</script><rect width="40" height="30" fill="teal"/><image href="https://example.org/x.png"/></svg>""",
    "tone.wav": tone(),
    "words.txt": b"plain <script>alert(1)</script> words\n",
    "logs/stdout.txt": b"epoch 1 <img src=x onerror=alert(1)>\n\x1b[31mred\x1b[0m </pre><script>alert(1)</script>\n",
}


def oddities(ana):
    hostile(ana)
    odd(ana)
    # No hub has seen this one: it is provisional.
    ana("models", "register", "digits-mlp", "--run", "captured", "--description", MARKUP)


def hostile(ana):
    """A run in which all that a person may name is markup."""
    ana("start", "--name", f"{RUN} {MARKUP}", "--experiment", f"experiment {MARKUP}", "--param", f"{KEY}={MARKUP}", "--param", f"constructor={MARKUP}", "--param", "lr=0.5")
    run = next(one for one in ana.json("runs", "--limit", "5")["runs"] if one["name"] == f"{RUN} {MARKUP}")["run_id"]
    for step in range(3):
        ana("log", "metric", f"loss={1 / (step + 1)}", f"acc={step}", f"{KEY}={step + 1}", f"javascript:alert/1={step + 2}", "--step", str(step), "--run", run)
    ana("label", run, MARKUP)
    ana("comment", run, f"{MARKUP} [x](javascript:alert(1))")
    ana("describe", run, f"{MARKUP} [x](javascript:alert(1))")
    ana("tag", run, f"{KEY}={MARKUP}", f"team={MARKUP}")
    with tempfile.TemporaryDirectory() as folder:
        for path, data in FILES.items():
            file = Path(folder) / path
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(data)
        ana("artifacts", "put", run, *(f"{folder}/{name}" for name in sorted({path.split("/")[0] for path in FILES})))


def odd(ana):
    """Measurements of the machine, and a series with gaps and values that are no numbers to draw."""
    ana("start", "--name", ODD, "--experiment", "digits", "--param", "lr=0.3", "--param", "width=16")
    for step in [*range(6), *range(20, 26)]:
        value = {2: "nan", 4: "inf", 21: "-inf"}.get(step, f"{1 / (step + 1)}")
        ana("log", "metric", f"loss={value}", f"acc={step}", f"system/cpu={10 + step}", f"system/memory={100 + step}", "--step", str(step), "--run", ODD)


def disputes(ana, bo):
    """A text whose edits do not touch, an alias that two moved, and what a clock ten years ahead wrote."""
    for name in ["joined", "skewed"]:
        ana("start", "--name", name)
    ana("describe", "joined", "first\nsecond\nthird\nfourth\nfifth\n")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "weights.txt").write_text("1 2 3\n")
        ana("artifacts", "put", "joined", f"{folder}/weights.txt")
    for _ in range(3):
        ana("models", "register", "disputed", "--run", "joined", "--description", MARKUP)
    versions = [one["version"] for one in ana.json("models", "show", "disputed")["versions"]]
    ana("models", "alias", "disputed", "serving", versions[0])
    for who in [ana, bo, ana]:
        who.sync()
    versions = [one["version"] for one in ana.json("models", "show", "disputed")["versions"]]
    ana("describe", "joined", "first of ana\nsecond\nthird\nfourth\nfifth\n")
    bo("describe", "joined", "first\nsecond\nthird\nfourth\nfifth of bo\n")
    ana("models", "alias", "disputed", "serving", versions[1])
    bo("models", "alias", "disputed", "serving", versions[2])
    ana("describe", "skewed", "from today")
    for who in [bo, ana]:
        who.sync()
    # Last of all that bo says: what comes after bears that clock, too.
    bo.variables.update(ahead())
    bo("describe", "skewed", "from later")
    bo.sync()
    ana.sync()


def ahead():
    library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
    assert library, "there is no libfaketime; make test installs it"
    return {"LD_PRELOAD": library, "FAKETIME": "+3650d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("step", choices=["disputes", "oddities"])
    words.add_argument("--program", required=True)
    words.add_argument("--root", required=True)
    options = words.parse_args()
    ana, bo = (CommandLine(options.program, options.root, person) for person in ["ana", "bo"])
    disputes(ana, bo) if options.step == "disputes" else oddities(ana)
