"""Names, tags, texts and files come from peers. None of them does anything."""

from support import place


def checks(site):
    run = site.data.hostile_run
    ids = f"{run['run_id']},{site.data.runs[0]['run_id']}"
    places = {
        "runs": place("runs", filter=f"attributes.run_id = '{run['run_id']}'"), "run": place("runs", run["run_id"]),
        **{f"run {tab}": place("runs", run["run_id"], tab=tab) for tab in ["charts", "artifacts", "history", "log", "code", "environment", "children", "provenance"]},
        "groups": place("runs", group=f"tags.{site.data.hostile_tag},status", open="*", filter=f"attributes.run_id IN ('{ids.replace(',', chr(39) + ', ' + chr(39))}')", chart=site.data.metric),
        "compare": place("compare", runs=ids), "compared configs": place("compare", runs=ids, view="config"),
        "compared artifacts": place("compare", runs=ids, view="artifacts"), "compared groups": place("compare", runs=ids, view="curves", group=f"tags.{site.data.hostile_tag}"), "curves": place("compare", runs=ids, view="curves"),
        "parallel": place("compare", runs=ids, view="parallel"), "scatter": place("compare", runs=ids, view="scatter"),
        "sync": "#/sync", "models": "#/models", "conflicts": "#/conflicts",
    }
    for name, where in places.items():
        yield f"markup in names does nothing: {name}", lambda w=where: does_nothing(site, w)
    for one in site.get("conflicts")["conflicts"]:
        yield f"markup in names does nothing: conflict {one['id'][:6]}", lambda i=one["id"]: does_nothing(site, place("conflicts", i))
    yield "a name that is markup is shown as it is", lambda: shown_whole(site)
    yield "no link leads to a script", lambda: no_script_links(site)
    yield "every artifact of it can be looked at, and does nothing", lambda: artifacts(site)


def does_nothing(site, where):
    page = site.open(where)
    site.settle(page)
    page.wait_for_timeout(300)
    inert(page)
    site.quiet(page)


def inert(page):
    assert page.evaluate("document.querySelectorAll('main script, main img[src=\"x\"], main [onerror], main [onload]').length") == 0
    assert page.evaluate("[...document.querySelectorAll('a[href]')].filter(one => !['http:', 'https:', 'blob:'].includes(one.protocol)).length") == 0
    assert not page.told["dialogs"], page.told["dialogs"]


def shown_whole(site):
    run = site.data.hostile_run
    page = site.open(place("runs", run["run_id"]))
    assert page.locator("h1").inner_text() == run["name"]
    site.quiet(page)


def no_script_links(site):
    page = site.open(place("runs", site.data.hostile_run["run_id"]))
    site.settle(page)
    bad = page.evaluate("""[...document.querySelectorAll('a[target=_blank]')].filter(one => one.rel !== 'noopener noreferrer').length""")
    assert bad == 0
    inert(page)


def artifacts(site):
    run = site.get(f"runs/{site.data.hostile_run['run_id']}")
    for one in run["artifacts"][:30]:
        page = site.open(place("runs", run["run_id"], tab="artifacts", path=one["path"]))
        page.wait_for_function("() => document.querySelector('.preview-body') && document.querySelector('.preview-body').textContent !== '…'")
        page.wait_for_timeout(250)
        inert(page)
        frame = page.locator(".preview iframe")
        if frame.count():
            assert frame.get_attribute("sandbox") == "", "a frame that may do nothing"
        else:
            assert page.locator(".preview-body .failure").count() == (0 if one["here"] else 1), one["path"]
        assert not page.told["dialogs"] and not page.told["errors"] and not page.told["outside"], (one["path"], page.told)
