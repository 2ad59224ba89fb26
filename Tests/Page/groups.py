"""Groups of runs: rows that fold, with the means that the runs make; curves of the mean that no tick and no hidden line changes."""

import json
import math
import statistics

from support import place

ROWS = "main .grid tbody tr[data-index]"
FROM, TO, COUNT, PLACE, LAST, MIN, MAX, MEAN, NAN = range(9)
FEW = 40  # runs of a curve's group, asked one by one


def checks(site):
    yield "runs are grouped, with counts and means, and the address holds it", lambda: groups(site)
    yield "groups are chosen, opened and folded by keyboard", lambda: by_keyboard(site)
    yield "groups are sorted by the mean of a metric", lambda: sorts(site)
    yield "the mean of a group is that of its runs at each place", lambda: mean_is_true(site)
    yield "no tick and no hidden line changes the mean of a group", lambda: mean_stays(site)
    yield "the compared runs are grouped, too", lambda: compared(site)


def members(site, key, metric):
    """The runs that have both, by value."""
    found = {}
    for run in site.data.all_runs():
        found.setdefault(run["params"].get(key), []).append(run)
    return found


def finite(runs, metric):
    values = [run["metrics"][metric]["last"] for run in runs if metric in run["metrics"]]
    return [one for one in values if isinstance(one, (int, float)) and math.isfinite(one)]


def ready(site, **words):
    page = site.open(place("runs", **words))
    page.wait_for_selector(f"{ROWS} .fold")
    site.settle(page)
    return page


def groups(site):
    key, metric = site.data.param, site.data.metric
    page = ready(site, group=f"params.{key}", columns=f"name,metrics.{metric}")
    found = members(site, key, metric)
    page.wait_for_function("n => document.querySelector('#group-tally').textContent === n", arg=f"{len(found)} groups")
    shown = page.locator(f"{ROWS}:has(.fold)").evaluate_all(
        "all => all.map(row => ({ name: row.querySelector('.fold-name').textContent, count: row.querySelector('.fold-count').firstChild.textContent, title: row.querySelector('td.num span')?.title ?? '' }))")
    assert len(shown) == len(found), (shown, list(found))
    for value, runs in found.items():
        row = next(one for one in shown if one["name"] == f"{key} = {'none' if value is None else value}")
        assert row["count"] == f"{len(runs):,}", (row, len(runs))
        values = finite(runs, metric)
        if len(values) > 1:
            told = dict(line.rsplit(" ", 1) for line in row["title"].split("\n")[:2])
            for name, true in [("mean", statistics.fmean(values)), ("standard deviation", statistics.stdev(values))]:
                assert math.isclose(float(told[name]), true, rel_tol=1e-3, abs_tol=1e-9), (name, told, true)
    page.locator(f"{ROWS} .fold").first.click()
    page.wait_for_selector(f"{ROWS} a[data-key^=name-]")
    assert "open=" in page.url
    other = site.open(page.url[len(site.url) + 1:])
    other.wait_for_selector(f"{ROWS} a[data-key^=name-]")
    assert other.locator(ROWS).count() < 120, "few rows are in the document"
    site.quiet(other)
    site.quiet(page)


def by_keyboard(site):
    key = site.data.param
    page = site.open("#/runs")
    page.wait_for_selector(f"{ROWS} a")
    page.keyboard.press("b")
    page.get_by_label("Find a column to group by").fill(f"params.{key}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{ROWS} .fold")
    site.settle(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{ROWS} .fold[aria-expanded=true]")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{ROWS} .fold[aria-expanded=true]", state="detached")
    page.get_by_role("button", name=f"Do not group by params.{key}").first.click()
    page.wait_for_selector(f"{ROWS} a[data-key^=name-]")
    site.quiet(page)


def sorts(site):
    key, metric = site.data.param, site.data.metric
    page = ready(site, group=f"params.{key}", columns=f"name,metrics.{metric}", order=f"metrics.{metric} DESC")
    true = sorted(((statistics.fmean(finite(runs, metric)), value) for value, runs in members(site, key, metric).items() if finite(runs, metric)), reverse=True)
    page.wait_for_function("() => !document.querySelector('#group-tally').textContent.includes('read')")
    names = page.locator(f"{ROWS} .fold-name").all_inner_texts()
    assert names[:len(true)] == [f"{key} = {'none' if value is None else value}" for _, value in true], (names, true)
    site.quiet(page)


def small_group(site):
    """A filter with few runs, their metric and param."""
    key, metric = site.data.param, site.data.metric
    ids = [run["run_id"] for run in site.data.runs if metric in run["metrics"] and run["params"].get(key) is not None and run["metrics"][metric]["count"] < 1000][:FEW]
    quoted = ", ".join(f"'{one}'" for one in ids)
    return f"attributes.run_id IN ({quoted})", ids, key, metric


def drawn(page):
    page.wait_for_function("() => document.querySelector('.overlay .chart')?.fieldbookCurves?.some(one => one.group && one.columns.length)")
    return [one for one in page.evaluate("document.querySelector('.overlay .chart').fieldbookCurves") if "group" in one]


def mean_is_true(site):
    text, ids, key, metric = small_group(site)
    page = ready(site, filter=text, group=f"params.{key}", chart=metric)
    curves = drawn(page)
    values = {}  # (group, step) → values
    for run in [site.get(f"runs/{one}") for one in ids]:
        curve = site.post("curves", {"curves": [{"run": run["run_id"], "key": metric}], "axis": "step", "from": None, "to": None, "columns": 4000})["curves"][0]
        for one in curve["columns"]:
            values.setdefault((run["params"][key], one[PLACE]), []).append(one[MEAN])
    seen = 0
    for curve in curves:
        value = curve["group"].split(" = ")[1].split(" · ")[0]
        for column in curve["columns"]:
            true = [one for one in values.get((value, column[PLACE]), []) if isinstance(one, (int, float))]
            if not true or column[TO] != column[FROM]:
                continue
            seen += 1
            assert math.isclose(column[MEAN], statistics.fmean(true), rel_tol=1e-9), (value, column, true)
            assert (column[MIN], column[MAX]) == (min(true), max(true)), (value, column)
            assert column[COUNT] == len(values[value, column[PLACE]]), "it counts the runs behind each place"
    assert seen >= len(curves), seen
    assert "least to greatest" in page.locator(".legend-note").inner_text()
    page.locator("#band").select_option("sd")
    page.wait_for_function("() => document.querySelector('.legend-note').textContent.includes('standard deviation')")
    assert "band=sd" in page.url
    site.picture(page, "group-curves")
    site.quiet(page)


def mean_stays(site):
    text, ids, key, metric = small_group(site)
    page = ready(site, filter=text, group=f"params.{key}", chart=metric, chosen=",".join(ids[:3]))
    before = drawn(page)
    assert before and page.locator(".legend-faint").count() == 3
    page.locator(".legend-faint").first.click()
    assert drawn(page) == before
    page.get_by_role("button", name="Untick all").click()
    page.wait_for_function("() => document.querySelectorAll('.legend-faint').length === 0 && document.querySelector('.legend-mean')")
    assert drawn(page) == before
    site.quiet(page)


def compared(site):
    _, ids, key, metric = small_group(site)
    page = site.open(place("compare", runs=",".join(ids[:6]), view="curves", group=f"params.{key}", only=metric))
    page.wait_for_function("() => document.querySelector('.chart')?.fieldbookCurves?.some(one => one.group && one.columns.length)")
    curves = page.evaluate("document.querySelector('.chart').fieldbookCurves")
    groups = [one for one in curves if "group" in one]
    assert sum(len(one["members"]) for one in groups) == len(ids[:6]) == len(curves) - len(groups), [one.get("group") for one in curves]
    asked = json.dumps(groups)
    page.locator(".legend-faint").first.click()
    assert json.dumps([one for one in page.evaluate("document.querySelector('.chart').fieldbookCurves") if "group" in one]) == asked
    site.quiet(page)
