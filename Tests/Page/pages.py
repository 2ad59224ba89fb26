"""Each page opens, in both lights and at both widths, and shows what it is for: no complaint, no request elsewhere, nothing serious found by axe."""

from axe_playwright_python.sync_playwright import Axe

from support import place

axe = Axe()
CURVES = "n => [...document.querySelectorAll('.chart')].flatMap(one => one.fieldbookCurves ?? []).filter(one => one.columns.length > 1).length >= n"
ROWS = "n => document.querySelectorAll('main tbody tr').length >= n"
MANY = "([what, n]) => document.querySelectorAll(what).length >= n"


def places(site):
    ids = ",".join(run["run_id"] for run in site.data.measured[:4])
    run = site.data.long_series[0]["run_id"]
    models = site.get("models")["models"]
    conflicts = site.get("conflicts")["conflicts"]
    out = {
        "runs": "#/runs", "runs-ticked": place("runs", chosen=ids, chart=site.data.series),
        **{f"run-{tab}": place("runs", run, tab=tab) for tab in ["overview", "charts", "log", "history"]},
        "run-system": place("runs", site.data.odd_run["run_id"], tab="system"), "run-gaps": place("runs", site.data.odd_run["run_id"], tab="charts"),
        "run-artifacts": place("runs", run, tab="artifacts", path="table.csv"),
        **{f"run-{tab}": place("runs", site.data.code_run["run_id"], tab=tab) for tab in ["code", "config", "datasets", "environment", "provenance"]},
        "run-children": place("runs", site.data.family[0]["run_id"], tab="children"),
        "compare-none": "#/compare",
        **{f"compare-{view}": place("compare", runs=ids, view=view) for view in ["table", "parallel"]},
        "compare-scatter": place("compare", runs=ids, view="scatter", x=f"metrics.{site.data.series}", y=f"params.{site.data.param}"),
        "compare-curves": place("compare", runs=ids, view="curves", only=site.data.series),
        **{f"compare-{view}": place("compare", runs=f"{site.data.code_run['run_id']},{site.data.other_config_run['run_id']}", view=view) for view in ["config", "artifacts"]},
        "compare-many": place("compare", all="1"), "models": "#/models", "conflicts": "#/conflicts", "sync": "#/sync",
    }
    out.update({f"conflict-{i}": place("conflicts", one["id"]) for i, one in enumerate(conflicts)})
    out.update({f"model-{i}": place("models", one["name"]) for i, one in enumerate(models)})
    return out


def drawn(site, name):
    """(function, argument) that says yes where a page shows more than that there is nothing."""
    few = len(site.data.measured[:4])
    return {
        "runs": (ROWS, 10), "runs-ticked": (CURVES, few), "run-overview": (ROWS, 1), "run-charts": (CURVES, 1), "run-gaps": (CURVES, 2), "run-system": (CURVES, 2),
        "run-log": (MANY, ["pre.log", 1]), "run-artifacts": (MANY, [".preview tbody td", 2]), "run-history": (ROWS, 1), "run-code": (MANY, [".patch-file", 1]),
        "run-config": (MANY, [".card .code-text", 1]), "run-datasets": (MANY, [".card dl", 1]), "run-environment": (MANY, [".pairs dt", 3]), "run-provenance": (MANY, [".audit tbody tr", 3]), "run-children": (MANY, [".grid td a", 3]),
        "compare-table": (ROWS, 2), "compare-curves": (CURVES, few), "compare-parallel": (MANY, [".par-line", few]), "compare-scatter": (MANY, [".spot", few]),
        "compare-config": (MANY, [".diff ins, .diff del", 1]), "compare-artifacts": (MANY, [".list-section a", 1]), "compare-many": (MANY, [".par-line", 20]),
        "models": (ROWS, 2), "conflicts": (MANY, [".inbox li", 3]), "sync": (MANY, [".exchanges tbody tr", 1]),
    }.get(name, (MANY, [".sides .side", 2]) if name.startswith("conflict-") else (MANY, [".lineage .node", 1]) if name.startswith("model-") else None)


def looks(site):
    """Both widths and both lights; all four pairs where somebody wants to look at them."""
    pairs = [("wide", "light"), ("narrow", "dark")]
    return pairs + [("wide", "dark"), ("narrow", "light")] if site.screenshots else pairs


def checks(site):
    for name, where in places(site).items():
        for size, scheme in looks(site):
            yield f"{name} opens, {size} and {scheme}", lambda n=name, w=where, s=size, c=scheme: opens(site, n, w, s, c)
    yield "values that are no numbers, and gaps, are drawn as that", lambda: no_numbers(site)
    yield "a held alias and a provisional version are said", lambda: held_alias(site)
    yield "all versions of a model are seen, or can be scrolled to", lambda: versions_seen(site)
    yield "a suspect clock is said", lambda: suspect_clock(site)
    yield "? lists the keys", lambda: lists_keys(site)
    yield "the keys lead from page to page", lambda: keys_lead(site)
    yield "the theme is switched and kept", lambda: theme_is_kept(site)


def opens(site, name, where, size, scheme):
    page = site.open(where, size, scheme)
    site.settle(page)
    if wanted := drawn(site, name):
        page.wait_for_function(wanted[0], arg=wanted[1])
    site.picture(page, f"{name}-{size}-{scheme}")
    assert page.locator("main > .failure").count() == 0, page.locator("main > .failure").first.inner_text()
    assert page.locator("h1").count() == 1
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{overflow} pixels wider than the window"
    accessible(page)
    site.quiet(page)


def accessible(page):
    found = [one for one in axe.run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert not found, "; ".join(f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})" for one in found)


def no_numbers(site):
    """What has no number is a gap in its curve, not a point somewhere, and the steps between are not filled."""
    run = site.data.odd_run
    page = site.open(place("runs", run["run_id"], tab="charts", only="loss"))
    page.wait_for_function(CURVES, arg=1)
    columns = page.evaluate("document.querySelector('.chart').fieldbookCurves[0].columns")
    values = {one[3]: one[4] for one in columns}
    assert set(values) == {*range(6), *range(20, 26)}, values
    for step, word in [(2, "NaN"), (4, "Infinity"), (21, "-Infinity")]:
        assert str(values[step]) == word or values[step] is None, (step, values[step])
    assert values[1] == 0.5 and values[25] == 1 / 26
    page.goto(f"{site.url}/{place('runs', run['run_id'])}")
    words = page.locator("main").inner_text
    page.locator("main th", has_text="loss").first.wait_for()
    assert "system/cpu" not in words(), "measurements of the machine have a place of their own"
    site.quiet(page)


def held_alias(site):
    """An alias that two moved is said to be held, and leads to where it is decided; a version that no hub has seen is said to be provisional."""
    told = site.get("models")["models"]
    model, word, one = next((model, word, one) for model in told for word, one in model["aliases"].items() if one["held"])
    page = site.open(place("models", model["name"]))
    page.locator(".held", has_text=f"@{word} is held").get_by_role("link", name="Decide").click()
    page.get_by_role("button", name="Take side").first.wait_for()
    assert one["conflict"] in page.url
    page.locator(".chip-bad", has_text="blocking").wait_for()
    site.quiet(page)
    model = next(model for model in told if any(not version["final"] for version in model["versions"]))
    page = site.open(place("models", model["name"]))
    page.locator("th .chip-warn", has_text="provisional").first.wait_for()
    assert page.locator("th .chip-warn").count() == sum(not version["final"] for version in model["versions"])
    site.quiet(page)


def versions_seen(site):
    """What stands beside a table takes none of its height."""
    model = max(site.get("models")["models"], key=lambda one: len(one["versions"]))
    for size in ("wide", "narrow"):
        page = site.open(place("models", model["name"]), size, "light")
        page.locator(".lineage-card svg").wait_for()
        seen, whole, screen = page.get_by_role("region", name="Versions").evaluate("one => [one.clientHeight, one.scrollHeight, innerHeight]")
        assert seen >= min(whole, 0.69 * screen) - 1, (size, seen, whole, screen)
        site.quiet(page)


def suspect_clock(site):
    conflict = next(one for one in site.get("conflicts")["conflicts"] if any(side["suspect_clock"] for side in one["sides"]))
    page = site.open(place("conflicts", conflict["id"]))
    page.locator(".side .warn", has_text="suspect clock").wait_for()
    assert page.locator(".side .warn").count() == 1
    site.quiet(page)


def lists_keys(site):
    page = site.open("#/runs")
    site.settle(page)
    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    for words in ["this list", "the filter", "next run", "light or dark"]:
        assert words in dialog.inner_text(), words
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.locator("#filter").focus()
    page.keyboard.type("?")
    assert page.locator("dialog[open]").count() == 0, "a letter of the filter is no key"
    site.quiet(page)


def keys_lead(site):
    page = site.open("#/runs")
    site.settle(page)
    for keys, title in [("gm", "Models"), ("go", "Conflicts"), ("gs", "Sync"), ("gc", "Compare"), ("gr", "Runs")]:
        page.keyboard.press(keys[0])
        page.keyboard.press(keys[1])
        page.wait_for_function("title => document.querySelector('h1')?.textContent === title", arg=title)
    page.go_back()
    page.wait_for_function("() => document.querySelector('h1')?.textContent === 'Compare'")
    site.quiet(page)


def theme_is_kept(site):
    page = site.open("#/runs", scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.locator("#theme").click()
    after = page.evaluate(ground)
    assert before != after
    page.reload()
    page.wait_for_selector("main h1", state="attached")
    assert page.evaluate(ground) == after
    site.quiet(page)
