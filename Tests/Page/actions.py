"""Each action asks the server what it should, the page shows it, the command line has it, and another tab sees it."""

import json

from support import place


def checks(site):
    yield "a tag is added, seen by a second tab, and taken back", lambda: tags(site)
    yield "a description is written and shown as markdown", lambda: describes(site)
    yield "what others write while a dialog is open stands beside what is saved there", lambda: meets(site)
    yield "a run is renamed, and that is taken back from its history", lambda: renames(site)
    yield "labels and comments", lambda: labels_and_comments(site)
    yield "a run is deleted and restored", lambda: deletes(site)
    yield "what the command line changes is shown by two open tabs", lambda: from_outside(site)
    yield "a conflict is decided for a side, and that is undone", lambda: decides(site)
    yield "a conflict's key takes its side", lambda: decides_by_key(site)


def subject(site):
    return site.get(f"runs/{next(run for run in site.data.runs if not run['conflicts'] and '<' not in run['name'])['run_id']}")


def sent(page, path, deed):
    """What the deed made the page ask for, as (document, headers); the answer was no error."""
    with page.expect_response(lambda response: response.request.method == "POST" and f"/page/api/{path}" in response.url) as answer:
        deed()
    assert answer.value.ok, answer.value.text()
    request = answer.value.request
    assert request.headers["x-fieldbook"] == "page"
    return json.loads(request.post_data)


def told(site, run):
    """The run as the command line shows it, from the same replica; as the server has it where that is not known."""
    return site.line.json("show", run["run_id"]) if site.line else site.get(f"runs/{run['run_id']}")


def save(page):
    page.locator("dialog[open]").get_by_role("button", name="Save").click()


def open_run(site, run):
    page = site.open(place("runs", run["run_id"]))
    page.get_by_role("heading", name="Params").wait_for()
    return page


def tags(site):
    run = subject(site)
    page = open_run(site, run)
    other = open_run(site, run)
    key = "page-test"
    page.get_by_role("button", name="Add a tag").click()
    page.fill("#ask-key", key)
    page.fill("#ask-value", "<b>one</b>")
    body = sent(page, f"runs/{run['run_id']}/change", lambda: save(page))
    assert body == {"action": "tag", "key": key, "value": "<b>one</b>", "seen": None}, body
    for tab in (page, other):
        tab.locator(".pairs dt", has_text=key).wait_for()
        assert "<b>one</b>" in tab.locator(".pairs dt", has_text=key).locator("xpath=following-sibling::dd[1]").inner_text()
    assert told(site, run)["tags"][key] == "<b>one</b>"
    body = sent(page, f"runs/{run['run_id']}/change", lambda: page.locator(".toast").get_by_role("button", name="Undo").click())
    assert body == {"action": "untag", "key": key, "seen": "<b>one</b>"}, body
    for tab in (page, other):
        tab.locator(".pairs dt", has_text=key).wait_for(state="detached")
    assert key not in told(site, run)["tags"]
    site.quiet(page)
    site.quiet(other)


def describes(site):
    run = subject(site)
    page = open_run(site, run)
    page.get_by_role("button", name="Edit the description").click()
    text = "# What\n\nTried *this*.\n\n- one\n- two <script>alert(1)</script>\n\n" \
        "[bad](javascript:alert%281%29) [worse](data:text/html,x) [good](https://example.org/)\n"
    page.fill("#ask-value", text)
    body = sent(page, f"runs/{run['run_id']}/change", lambda: save(page))
    assert body == {"action": "describe", "value": text, "seen": run["description"]}, body
    page.locator(".markdown li", has_text="two <script>").wait_for()
    assert page.locator(".markdown em", has_text="this").count() == 1
    links = page.locator(".markdown a").evaluate_all("all => all.map(one => one.href)")
    assert links == ["https://example.org/"], links
    assert told(site, run)["description"] == text
    sent(page, f"runs/{run['run_id']}/change", lambda: page.locator(".toast").get_by_role("button", name="Undo").click())
    page.locator(".markdown li", has_text="two <script>").wait_for(state="detached")
    assert told(site, run)["description"] == run["description"]
    site.quiet(page)


def meets(site):
    if not site.line:
        return
    run = subject(site)
    page = open_run(site, run)
    page.get_by_role("button", name="Edit the description").click()
    page.fill("#ask-value", "written on the page")
    site.line("describe", run["run_id"], "written meanwhile")
    sent(page, f"runs/{run['run_id']}/change", lambda: save(page))
    page.locator(".toast").get_by_role("link", name="Look at it").click()
    page.locator(".side", has_text="written on the page").wait_for()
    page.locator(".side", has_text="written meanwhile").wait_for()
    conflict = next(one for one in site.line.json("conflicts")["conflicts"] if one["entity"]["id"] == run["run_id"])
    assert {side["value"] for side in conflict["sides"]} == {"written on the page", "written meanwhile"}, conflict
    assert conflict["base"] == run["description"], conflict
    site.line("describe", run["run_id"], run["description"] or "")
    assert told(site, run)["conflicts"] == []
    site.quiet(page)


def renames(site):
    run = subject(site)
    page = open_run(site, run)
    page.get_by_role("button", name="Rename").click()
    page.fill("#ask-value", "renamed on the page")
    body = sent(page, f"runs/{run['run_id']}/change", lambda: save(page))
    assert body == {"action": "rename", "value": "renamed on the page", "seen": run["name"]}, body
    page.get_by_role("heading", name="renamed on the page").wait_for()
    assert told(site, run)["name"] == "renamed on the page"
    page.get_by_role("tab", name="History").click()
    page.locator(".changes tbody tr", has_text="renamed on the page").first.wait_for()
    newest = page.locator(".changes tbody tr").first
    assert "renamed on the page" in newest.inner_text(), "the newest comes first"
    sent(page, "undo", lambda: newest.get_by_role("button", name="Take back the change").click())
    page.get_by_role("heading", name=run["name"]).wait_for()
    assert told(site, run)["name"] == run["name"]
    site.quiet(page)


def labels_and_comments(site):
    run = subject(site)
    page = open_run(site, run)
    page.get_by_role("button", name="Add a label").click()
    page.fill("#ask-value", "page-label")
    assert sent(page, f"runs/{run['run_id']}/change", lambda: save(page)) == {"action": "label", "value": "page-label"}
    remove = page.get_by_role("button", name="Remove the label page-label")
    remove.wait_for()
    assert "page-label" in told(site, run)["labels"]
    assert sent(page, f"runs/{run['run_id']}/change", remove.click) == {"action": "unlabel", "value": "page-label"}
    remove.wait_for(state="detached")
    assert "page-label" not in told(site, run)["labels"]
    before = len(told(site, run)["comments"])
    page.get_by_label("A comment").fill("Seen on the page.")
    body = sent(page, f"runs/{run['run_id']}/change", lambda: page.get_by_role("button", name="Comment", exact=True).click())
    assert body == {"action": "comment", "value": "Seen on the page."}, body
    page.locator(".comment", has_text="Seen on the page.").first.wait_for()
    comments = told(site, run)["comments"]
    assert len(comments) == before + 1 and "Seen on the page." in [one["text"] for one in comments], comments
    site.quiet(page)


def deletes(site):
    run = subject(site)
    page = open_run(site, run)
    body = sent(page, f"runs/{run['run_id']}/change", lambda: page.get_by_role("button", name="Delete").click())
    assert body == {"action": "delete"}, body
    page.get_by_text("deleted", exact=True).wait_for()
    assert all(one["run_id"] != run["run_id"] for one in site.search()["runs"])
    assert told(site, run)["lifecycle"] == "deleted"
    body = sent(page, f"runs/{run['run_id']}/change", lambda: page.get_by_role("button", name="Restore").click())
    assert body == {"action": "restore"}, body
    page.get_by_role("button", name="Delete").wait_for()
    assert told(site, run)["lifecycle"] == "active"
    site.quiet(page)


def from_outside(site):
    if not site.line:
        return
    run = subject(site)
    page, other = open_run(site, run), site.open(place("runs", filter=f"attributes.run_id = '{run['run_id']}'", columns="name,tags.from-outside"))
    other.wait_for_selector("main .grid tbody tr[data-index] a")
    site.line("tag", run["run_id"], "from-outside=<i>said</i>")
    page.locator(".pairs dt", has_text="from-outside").wait_for()
    other.locator("main .grid tbody tr[data-index] td", has_text="<i>said</i>").wait_for()
    site.line("rename", run["run_id"], "renamed outside")
    page.get_by_role("heading", name="renamed outside").wait_for()
    other.locator("main .grid tbody tr[data-index] a", has_text="renamed outside").wait_for()
    site.line("rename", run["run_id"], run["name"])
    site.line("untag", run["run_id"], "from-outside")
    page.locator(".pairs dt", has_text="from-outside").wait_for(state="detached")
    other.locator("main .grid tbody tr[data-index] a", has_text=run["name"]).wait_for()
    site.quiet(page)
    site.quiet(other)


def count(site):
    return site.get("status")["conflicts"]["total"]


def decides(site):
    conflict, before = site.data.conflict, count(site)
    other = site.open("#/conflicts")
    other.wait_for_selector(f".inbox a[href='#/conflicts/{conflict['id']}']")
    page = site.open(place("conflicts", conflict["id"]))
    side = conflict["sides"][0]
    button = page.get_by_role("button", name=f"Take side {side['side']}")
    body = sent(page, f"conflicts/{conflict['id']}/resolve", button.click)
    assert body == {"take": side["side"]}, body
    assert count(site) == before - 1
    other.wait_for_selector(f".inbox a[href='#/conflicts/{conflict['id']}']", state="detached")
    page.wait_for_function("total => document.querySelector('#conflicts-badge').hidden ? total === 0 : document.querySelector('#conflicts-badge').firstChild.textContent === String(total)", arg=before - 1)
    body = sent(page, "undo", lambda: page.locator(".toast").get_by_role("button", name="Undo").click())
    assert set(body) == {"op"}
    page.get_by_text("Taken back").wait_for()
    page.get_by_role("button", name="Take side").first.wait_for()
    other.wait_for_selector(".inbox li >> nth=%d" % (before - 1))
    assert count(site) == before
    site.quiet(page)
    site.quiet(other)


def decides_by_key(site):
    before = count(site)
    conflict = next(one for one in site.get("conflicts")["conflicts"] if one["kind"] == "value" and not one["blocking"])
    page = site.open(place("conflicts", conflict["id"]))
    page.get_by_role("button", name="Take side").first.wait_for()
    side = conflict["sides"][1]
    body = sent(page, f"conflicts/{conflict['id']}/resolve", lambda: page.keyboard.press(side["side"].lower()))
    assert body == {"take": side["side"]}, body
    # A key that is pressed twice decides one conflict, not the next one as well.
    page.keyboard.press(side["side"].lower())
    page.wait_for_timeout(300)
    assert count(site) == before - 1, "the next one is still open"
    sent(page, "undo", lambda: page.locator(".toast").get_by_role("button", name="Undo").click())
    assert count(site) == before
    site.quiet(page)
