"""A run's code, environment, children and provenance, each beside what the server says of it."""

import json
import urllib.parse

from support import place


def checks(site):
    yield "a snapshot's files are a tree, and each is shown with its lines", lambda: files(site)
    yield "the patch against the commit is shown, file by file", lambda: patch(site)
    yield "a patch of a megabyte and ten thousand files do not stop the page", lambda: large(site)
    yield "what a snapshot left out is said, with the reason", lambda: left_out(site)
    yield "a snapshot that is not here is said, with what to do", lambda: not_here(site)
    yield "a run's config is shown as it was when the run began", lambda: config(site)
    yield "a run's data: where it came from, its columns, its counts", lambda: datasets(site)
    yield "artifacts are a tree, which a new one joins while it is looked at", lambda: artifacts(site)
    yield "the environment beside that of another run, found by name", lambda: environments(site)
    yield "children are listed, and lead to their parent", lambda: children(site)
    yield "provenance: the audit's checks and what mends them", lambda: provenance(site)


def part_of(site, run, tab, **words):
    page = site.open(place("runs", run["run_id"], tab=tab, **words))
    page.get_by_role("tab", name=tab.capitalize()).wait_for()
    return page


def answering(site, run, change):
    """A page whose server says of the run's code what `change` makes of it."""
    def answer(route):
        document = site.get(f"runs/{run['run_id']}/code")
        change(document)
        route.fulfill(status=200, content_type="application/json", body=json.dumps(document))

    return site.open(place("runs", run["run_id"], tab="code"), prepare=lambda page: page.route(f"**/page/api/runs/{run['run_id']}/code", answer))


def files(site):
    run = site.data.code_run
    told = site.get(f"runs/{run['run_id']}/code")
    path = next(one["path"] for one in told["files"] if one["path"].startswith("code/") and one["kind"] == "file" and one["bytes"])
    page = part_of(site, run, "code")
    page.get_by_text(f"{len(told['files']):,} file").first.wait_for()
    for name in path.split("/")[:-1]:
        folder = page.locator(".tree details", has=page.locator("summary", has_text=f"{name}/")).last
        if folder.get_attribute("open") is None:
            folder.locator("summary").first.click()
    page.locator(f".tree a[data-path='{path}']").click()
    page.wait_for_selector(".code-text")
    answer = site.api_context.request.get(f"{site.url}/page/api/runs/{run['run_id']}/code/{urllib.parse.quote(path)}")
    assert answer.ok
    text = answer.text()
    assert page.locator(".code-text").text_content() == text
    assert page.locator(".code-numbers").text_content().split("\n")[-1] == str(len(text.removesuffix("\n").split("\n")))
    assert "path=" in page.url and page.locator(f".tree a[data-path='{path}']").get_attribute("aria-current") == "true"
    site.picture(page, "run-code-file")
    site.quiet(page)


def config(site):
    run = site.data.code_run
    page = part_of(site, run, "config")
    shown = page.locator(".card[data-path='config/conf.yaml'] .code-text")
    shown.wait_for()
    answer = site.api_context.request.get(f"{site.url}/page/api/runs/{run['run_id']}/code/config/conf.yaml")
    assert answer.ok and shown.text_content() == answer.text() and "width: 64" in answer.text()
    site.picture(page, "run-config")
    none = part_of(site, site.data.hostile_run, "config")
    none.get_by_text("fieldbook run -c FILE -- COMMAND").wait_for()
    site.quiet(page)
    site.quiet(none)


def log_input(site, run, dataset):
    """As an MLflow client says what a run reads."""
    body = {"run_id": run["run_id"], "datasets": [{"dataset": dataset, "tags": [{"key": "mlflow.data.context", "value": "eval"}]}]}
    answer = site.api_context.request.post(f"{site.url}/api/2.0/mlflow/runs/log-inputs", data=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.ok, answer.text()


def datasets(site):
    run = site.data.code_run
    page = part_of(site, run, "datasets")
    card = page.locator(".card[data-name='rows.csv']")
    card.wait_for()
    told = next(one for one in site.get(f"runs/{run['run_id']}")["datasets"] if one["name"] == "rows.csv")
    assert (told["tags"].get("fieldbook.content") or told["digest"]) in card.inner_text()
    assert card.locator(".chip").all_inner_texts() == ["a", "b"], "its columns"
    # Another client names more while the page is open: with columns that are markup, and counts.
    schema = {"mlflow_colspec": [{"type": "double", "name": "<img src=x onerror=alert(1)>", "required": True}, {"type": "string", "name": "label", "required": False}]}
    log_input(site, run, {"name": "eval set", "digest": "abc123", "source_type": "local", "source": "rows.csv", "schema": json.dumps(schema), "profile": json.dumps({"num_rows": 2})})
    more = page.locator(".card[data-name='eval set']")
    more.wait_for()
    rows = more.locator("tbody tr").evaluate_all("all => all.map(row => [...row.cells].map(one => one.textContent))")
    assert rows == [["<img src=x onerror=alert(1)>", "double", "yes"], ["label", "string", "no"]], rows
    assert more.locator("dt", has_text="num_rows").count() == 1 and page.locator("main img").count() == 0
    site.picture(page, "run-datasets")
    site.quiet(page)


def artifacts(site):
    run = site.data.code_run
    page = part_of(site, run, "artifacts")
    page.locator(".tree a[data-path='conf.yaml']").wait_for()
    site.line("artifacts", "put", run["run_id"], "project/train.py", "--path", "deep/project")
    folder = page.locator(".tree details", has=page.locator("summary", has_text="deep/")).first
    folder.wait_for()
    assert folder.get_attribute("open") is not None, "few files: open at once"
    inner = folder.locator("details", has=page.locator("summary", has_text="project/")).first
    inner.locator("summary").first.click()
    page.locator(".tree a[data-path='deep/project/train.py']").click()
    page.locator(".preview pre").wait_for()
    # What somebody opened stays open when more comes.
    site.line("artifacts", "put", run["run_id"], "project/rows.csv", "--path", "deep")
    page.locator(".tree a[data-path='deep/rows.csv']").wait_for()
    assert page.locator(".tree a[data-path='deep/project/train.py']").is_visible()
    assert page.locator(".tree a[aria-current]").get_attribute("data-path") == "deep/project/train.py"
    site.quiet(page)


def patch(site):
    run = site.data.code_run
    told = site.get(f"runs/{run['run_id']}/code")
    page = part_of(site, run, "code")
    page.locator("#patch-tally").wait_for()
    lines = told["patch"].split("\n")
    boxes = page.locator(".patch-file")
    assert boxes.count() == sum(line.startswith("diff --git ") for line in lines)
    page.get_by_role("button", name="Open all").click()
    page.wait_for_function("() => [...document.querySelectorAll('.patch-file')].every(one => one.open)")
    added = page.locator(".line-added .line-text").all_text_contents()
    true = [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++ ")]
    assert [one[2:] for one in added] == true, (added[:5], true[:5])
    page.get_by_role("button", name="Fold all").click()
    page.wait_for_function("() => [...document.querySelectorAll('.patch-file')].every(one => !one.open)")
    site.quiet(page)


HOSTILE = "<img src=x onerror=\"document.title='broken'\">"


def large(site):
    run = site.data.code_run

    def change(document):
        document["files"] = [{"path": f"code/{HOSTILE}/f{i}.py", "bytes": i, "kind": "file"} for i in range(10_000)]
        document["branch"] = HOSTILE
        document["patch"] = "".join(
            f"diff --git a/{i}{HOSTILE} b/{i}{HOSTILE}\n--- a/{i}{HOSTILE}\n+++ b/{i}{HOSTILE}\n@@ -1,2 +1,2 @@ {HOSTILE}\n-diff --git a/x b/x\n+--- a/{HOSTILE}\n {HOSTILE}\n"
            for i in range(4_000))
        document["patch_cut"] = True

    page = answering(site, run, change)
    page.locator("#patch-tally").wait_for()
    assert page.locator("#patch-tally").inner_text().startswith("4,000 files")
    assert page.evaluate("document.querySelectorAll('main *').length") < 20_000, "what is folded is not made"
    assert page.get_by_text("longer than what is shown").count() == 1
    page.locator(".tree summary").first.click()
    page.locator(".tree summary").nth(1).click()
    page.wait_for_selector(".tree a")
    assert page.locator(".tree a").count() < 1_000
    page.get_by_label("Find a file").fill("f9999.py")
    page.wait_for_function("() => document.querySelectorAll('.tree a').length === 1")
    assert page.locator(".line-removed .line-text").first.text_content() == "− diff --git a/x b/x", "within a hunk its head counts the lines"
    assert page.evaluate("document.querySelectorAll('main img, main script').length") == 0 and page.title() != "broken"
    site.quiet(page)


def left_out(site):
    def change(document):
        document["left_out"] = [{"path": ".env", "reason": "may hold secrets"}, {"path": HOSTILE, "reason": HOSTILE}]

    page = answering(site, site.data.code_run, change)
    page.locator(".left-out summary", has_text="2 files").click()
    words = page.locator(".left-out").inner_text()
    assert ".env" in words and "may hold secrets" in words and HOSTILE in words
    site.quiet(page)


def not_here(site):
    page = answering(site, site.data.code_run, lambda document: document.update(here=False, files=[], patch=None))
    page.get_by_text("not on this replica yet").wait_for()
    assert page.locator("main code", has_text="fieldbook sync").count() == 1
    site.quiet(page)


def environments(site):
    run, other = site.data.code_run, site.data.other_code_run
    page = part_of(site, run, "environment")
    page.locator(".pairs dt", has_text="python").first.wait_for()
    page.get_by_label("Compare with a run").fill(other["name"])
    page.get_by_role("option", name=other["name"]).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("words => location.hash.includes(words)", arg="other=")
    page.locator("th a", has_text=other["name"]).first.wait_for()
    chosen = page.evaluate("new URLSearchParams(location.hash.split('?')[1]).get('other')")
    told = [row for row in site.post("compare", {"runs": [run["run_id"], chosen]})["differences"] if row["section"] == "environment"]
    rows = page.locator(".card").first.locator("tbody tr")
    assert told and rows.locator("th").all_text_contents() == [row["key"] for row in told]
    assert rows.first.locator("td").all_text_contents() == [value or "–" for value in told[0]["values"]]
    site.quiet(page)


def children(site):
    parent, some = site.data.family
    page = part_of(site, parent, "children")
    page.locator("#children-tally").wait_for()
    assert page.locator("#children-tally").inner_text().startswith(f"{len(some)} child")
    names = page.locator(".grid td a").all_text_contents()
    assert sorted(names) == sorted(one["name"] for one in some), names
    page.locator(".grid td a").first.click()
    page.get_by_role("tab", name="Children").click()
    page.locator("#parent", has_text=parent["name"]).click()
    page.get_by_role("heading", name=parent["name"]).wait_for()
    site.quiet(page)


def provenance(site):
    run = site.data.code_run
    told = site.get(f"runs/{run['run_id']}/audit")
    page = part_of(site, run, "provenance")
    page.locator(".audit tbody tr").first.wait_for()
    shown = page.locator(".audit tbody tr").evaluate_all("all => all.map(row => [row.dataset.check, row.dataset.state, row.querySelector('code')?.textContent ?? null])")
    assert shown == [[one["name"], one["state"], one["mend"]] for one in told["checks"]], shown
    assert page.locator(".audit-score strong").inner_text() == str(told["score"])
    page.locator(".story dt", has_text="Command").wait_for()
    story = page.locator(".story").inner_text()
    for words in [run["source"]["command"], run["device"], *(one["name"] for one in run["datasets"])]:
        assert words in story, words
    versions = [(model["name"], one["version"]) for model in site.get("models")["models"] for one in model["versions"] if one["run_id"] == run["run_id"]]
    for name, version in versions:
        assert f"{name} {version}" in story, story
    site.quiet(page)
