"""Each page opens, in both lights and at both widths: no complaint, no request elsewhere, nothing serious found by axe."""

from axe_playwright_python.sync_playwright import Axe

from support import place

axe = Axe()


def places(site):
    runs = site.data.runs
    ids = ",".join(run["run_id"] for run in runs[:4])
    run = site.data.long_series[0]["run_id"]
    models = site.get("models")["models"]
    conflicts = site.get("conflicts")["conflicts"]
    out = {
        "runs": "#/runs", "runs-ticked": place("runs", chosen=ids, chart=site.data.metric),
        **{f"run-{tab}": place("runs", run, tab=tab) for tab in ["overview", "charts", "system", "log", "artifacts", "history"]},
        **{f"run-{tab}": place("runs", site.data.code_run["run_id"], tab=tab) for tab in ["code", "environment", "provenance"]},
        "run-children": place("runs", site.data.family[0]["run_id"], tab="children"),
        "compare-none": "#/compare",
        **{f"compare-{view}": place("compare", runs=ids, view=view) for view in ["table", "curves", "parallel", "scatter"]},
        **{f"compare-{view}": place("compare", runs=f"{site.data.code_run['run_id']},{site.data.other_config_run['run_id']}", view=view) for view in ["config", "artifacts"]},
        "compare-many": place("compare", all="1"), "models": "#/models", "conflicts": "#/conflicts", "sync": "#/sync",
    }
    out.update({f"conflict-{i}": place("conflicts", one["id"]) for i, one in enumerate(conflicts[:3])})
    out.update({f"model-{i}": place("models", one["name"]) for i, one in enumerate(models[:1])})
    return out


def looks(site):
    """Both widths and both lights; all four pairs where somebody wants to look at them."""
    pairs = [("wide", "light"), ("narrow", "dark")]
    return pairs + [("wide", "dark"), ("narrow", "light")] if site.screenshots else pairs


def checks(site):
    for name, where in places(site).items():
        for size, scheme in looks(site):
            yield f"{name} opens, {size} and {scheme}", lambda n=name, w=where, s=size, c=scheme: opens(site, n, w, s, c)
    yield "? lists the keys", lambda: lists_keys(site)
    yield "the keys lead from page to page", lambda: keys_lead(site)
    yield "the theme is switched and kept", lambda: theme_is_kept(site)


def opens(site, name, where, size, scheme):
    page = site.open(where, size, scheme)
    site.settle(page)
    if page.locator(".chart .plot").count():
        page.wait_for_function("() => document.querySelector('.chart').fieldbookCurves")
    site.picture(page, f"{name}-{size}-{scheme}")
    assert page.locator("main > .failure").count() == 0, page.locator("main > .failure").first.inner_text()
    assert page.locator("h1").count() == 1
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{overflow} pixels wider than the window"
    found = [one for one in axe.run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert not found, "; ".join(f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]} ({len(one['nodes'])})" for one in found)
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
