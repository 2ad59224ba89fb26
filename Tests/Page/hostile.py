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
        **{f"model {one['name']}": place("models", one["name"]) for one in site.get("models")["models"]},
    }
    for name, where in places.items():
        yield f"markup in names does nothing: {name}", lambda w=where: does_nothing(site, w)
    for one in site.get("conflicts")["conflicts"]:
        yield f"markup in names does nothing: conflict {one['id'][:6]}", lambda i=one["id"]: does_nothing(site, place("conflicts", i))
    yield "a name that is markup is shown as it is", lambda: shown_whole(site)
    yield "no link leads to a script", lambda: no_script_links(site)
    yield "what a hostile run is made of is shown, letter by letter", lambda: overview(site)
    yield "a hostile experiment is offered by its name", lambda: experiments(site)
    yield "hostile output is shown as text", lambda: output(site)
    yield "metrics and params with names of traps are columns, groups and axes", lambda: traps(site)
    yield "a hostile description of a model is text", lambda: model(site)


def does_nothing(site, where):
    page = site.open(where)
    site.settle(page)
    page.wait_for_timeout(300)
    inert(page)
    site.quiet(page)


def inert(page):
    assert page.evaluate("document.querySelectorAll('main script, main img[src=\"x\"], main [onerror], main [onload]').length") == 0
    assert page.evaluate("[...document.querySelectorAll('a[href]')].filter(one => !['http:', 'https:', 'blob:'].includes(new URL(one.getAttribute('href'), location).protocol)).length") == 0
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



def overview(site):
    run = site.get(f"runs/{site.data.hostile_run['run_id']}")
    values = [*run["params"].values(), *run["tags"].values(), *run["labels"], run["description"], *(one["text"] for one in run["comments"])]
    assert "<" in run["experiment"]["name"] and all(any("<" in one for one in group) for group in (
        run["params"].values(), run["tags"].values(), run["labels"], [run["description"]], [one["text"] for one in run["comments"]]))
    page = site.open(place("runs", run["run_id"]))
    site.settle(page)
    words = page.locator("main").inner_text()
    for one in values:
        assert one.split(" [x]")[0] in words, one
    for key in [*run["params"], *run["metrics"]]:
        assert key in words, key
    inert(page)
    assert page.title() != "broken"
    site.quiet(page)


def experiments(site):
    run = site.data.hostile_run
    name = run["experiment"]["name"]
    page = site.open("#/runs")
    page.wait_for_function("name => [...document.querySelectorAll('#experiment option')].some(one => one.value === name)", arg=name)
    page.locator("#experiment").select_option(name)
    page.wait_for_function("() => document.querySelectorAll('main .grid tbody tr[data-index]').length === 1")
    assert run["name"] in page.locator("main .grid tbody").inner_text()
    inert(page)
    site.quiet(page)


def output(site):
    page = site.open(place("runs", site.data.hostile_run["run_id"], tab="log"))
    page.locator("pre.log", has_text="</pre><script>alert(1)</script>").wait_for()
    assert "<img src=x onerror=alert(1)>" in page.locator("pre.log").text_content()
    inert(page)
    site.quiet(page)


def traps(site):
    run, other = site.data.hostile_run, site.data.odd_run
    assert {"__proto__", "constructor"} <= set(run["params"]) and {"__proto__", "javascript:alert/1"} <= set(run["metrics"])
    page = site.open(place("runs", filter=f"attributes.run_id = '{run['run_id']}'", columns="name,params.__proto__,params.constructor,metrics.__proto__,metrics.javascript:alert/1"))
    page.wait_for_selector("main .grid tbody tr[data-index] a")
    row = page.locator("main .grid tbody tr[data-index]").first.inner_text()
    assert row.count(run["params"]["constructor"]) >= 2 and str(int(run["metrics"]["javascript:alert/1"]["last"])) in row, row
    inert(page)
    site.quiet(page)
    page = site.open(place("runs", run["run_id"], tab="charts"))
    page.wait_for_function("n => [...document.querySelectorAll('.chart')].filter(one => one.fieldbookCurves?.[0]?.columns.length).length === n", arg=len(run["metrics"]))
    inert(page)
    site.quiet(page)
    page = site.open(place("compare", runs=f"{run['run_id']},{other['run_id']}"))
    page.get_by_role("rowheader", name="__proto__").first.wait_for()
    inert(page)
    site.quiet(page)


def model(site):
    seen = 0
    for one in site.get("models")["models"]:
        texts = [text for text in [one["description"], *(version["description"] for version in one["versions"])] if text and "<" in text]
        if not texts:
            continue
        seen += 1
        page = site.open(place("models", one["name"]))
        site.settle(page)
        if one["description"]:
            assert one["description"] in page.locator("main").inner_text()
        inert(page)
        site.quiet(page)
    assert seen
