"""Charts draw the truth at every zoom. What was drawn is read from `fieldbookCurves` of the chart's element."""

import json
import re

from support import place

FROM, TO, COUNT, PLACE, LAST, MIN, MAX = range(7)


def checks(site):
    yield "a spike of one point in a million is drawn", lambda: spike_far(site)
    yield "zoomed in, the spike is its own point, exactly", lambda: spike_near(site)
    yield "zoomed beside the spike, the range fits what is left", lambda: range_fits(site)
    yield "logarithm, axis and smoothing are kept in the address", lambda: settings(site)
    yield "a logarithmic axis of steps has all points, in their places", lambda: logarithmic(site)
    yield "between values that a logarithm has no place for, a spike is still drawn", lambda: lonely_spike(site)
    yield "groups and several runs are drawn on a logarithmic axis", lambda: logarithmic_groups(site)
    yield "smoothing leaves the curve itself as it was", lambda: smoothing(site)
    yield "a chart is saved as CSV, SVG and PNG", lambda: saves(site)
    yield "cursors of several charts move together", lambda: cursors(site)
    yield "after a change a chart asks only for what is new", lambda: only_what_is_new(site)
    yield "hiding a line changes no other", lambda: hiding(site)
    yield "thirty runs in a chart are told apart by colour and dashes", lambda: many_lines(site)


def open_long(site):
    run, key = site.data.long_series
    page = site.open(place("runs", run["run_id"], tab="charts", only=key))
    page.wait_for_function("() => document.querySelector('.chart')?.fieldbookCurves?.[0].columns.length")
    return page, run, key


def drawn(page):
    return page.evaluate("document.querySelector('.chart').fieldbookCurves[0].columns")


def greatest(columns):
    return max((one for one in columns if isinstance(one[MAX], (int, float))), key=lambda one: one[MAX])


def true_spike(site):
    """(place, value), by asking for ever narrower stretches."""
    run, key = site.data.long_series
    a = b = None
    while True:
        curve = site.post("curves", {"curves": [{"run": run["run_id"], "key": key}], "axis": "step", "from": a, "to": b, "columns": 800})["curves"][0]
        top = greatest(curve["columns"])
        if top[COUNT] == 1:
            return top[PLACE], top[LAST]
        a, b = top[FROM], top[TO]


def spike_far(site):
    page, run, key = open_long(site)
    _, value = true_spike(site)
    columns = drawn(page)
    assert sum(one[COUNT] for one in columns) == run["metrics"][key]["count"]
    assert greatest(columns)[MAX] == value, (greatest(columns), value)
    others = [one[MAX] for one in columns if isinstance(one[MAX], (int, float)) and one[MAX] != value]
    assert len(others) == len(columns) - 1 and max(others) < value
    site.picture(page, "spike-far")
    site.quiet(page)


def spike_near(site):
    page, _, _ = open_long(site)
    step, value = true_spike(site)
    for _ in range(12):
        a, b = page.evaluate("document.querySelector('.chart').fieldbookWindow")
        if b - a < 60:
            break
        width = max((b - a) / 16, 24)
        window = [max(a + (b - a) * 0.001, step - width / 2), min(b - (b - a) * 0.001, step + width / 2)]
        left, right = (page.evaluate("x => document.querySelector('.chart').fieldbookPixel(x)", x) for x in window)
        box = page.locator(".chart .plot").bounding_box()
        page.mouse.move(left, box["y"] + 80)
        page.mouse.down()
        page.mouse.move((left + right) / 2, box["y"] + 84)
        page.mouse.move(right, box["y"] + 84)
        page.mouse.up()
        page.wait_for_function("before => { const w = document.querySelector('.chart').fieldbookWindow; return w[1] - w[0] < before * 0.9 }", arg=b - a)
    columns = drawn(page)
    mine = [one for one in columns if one[PLACE] == step]
    assert len(mine) == 1 and mine[0][COUNT] == 1 and mine[0][LAST] == value == mine[0][MAX] == mine[0][MIN], (mine, step, value)
    assert all(one[COUNT] == 1 for one in columns), "each point is drawn as itself"
    site.picture(page, "spike-near")
    page.locator(".chart .plot").dblclick(position={"x": 200, "y": 80})
    page.wait_for_function("() => { const w = document.querySelector('.chart').fieldbookWindow; return w[1] - w[0] > 900000 }")
    site.quiet(page)


def range_fits(site):
    page, _, _ = open_long(site)
    step, value = true_spike(site)
    a, b = page.evaluate("document.querySelector('.chart').fieldbookWindow")
    window = [a + (b - a) * 0.05, step - (b - a) * 0.1] if step > (a + b) / 2 else [step + (b - a) * 0.1, b - (b - a) * 0.05]
    left, right = (page.evaluate("x => document.querySelector('.chart').fieldbookPixel(x)", x) for x in window)
    box = page.locator(".chart .plot").bounding_box()
    page.mouse.move(left, box["y"] + 80)
    page.mouse.down()
    page.mouse.move((left + right) / 2, box["y"] + 82)
    page.mouse.move(right, box["y"] + 82)
    page.mouse.up()
    highest = """() => Math.max(...[...document.querySelectorAll('.chart .dygraph-axis-label-y')].map(one => Number(one.textContent)))"""
    page.wait_for_function(f"value => ({highest})() < value * 0.9", arg=value)
    site.quiet(page)


def settings(site):
    page, _, _ = open_long(site)
    page.locator("#log").check()
    page.locator("#axis").select_option("relative")
    page.locator("#smooth").fill("40")
    for words in ["log=1", "axis=relative", "smooth=40"]:
        page.wait_for_function("words => location.hash.includes(words)", arg=words)
    page.reload()
    page.wait_for_function("() => document.querySelector('.chart')?.fieldbookCurves?.[0].columns.length")
    assert page.locator("#log").is_checked() and page.locator("#axis").input_value() == "relative"
    window = page.evaluate("document.querySelector('.chart').fieldbookWindow")
    assert window[0] < window[1] < 1e9, "seconds since the run began"
    site.picture(page, "settings")
    site.quiet(page)


def logarithmic(site):
    page, run, key = open_long(site)
    total = run["metrics"][key]["count"]
    page.locator("#logx").check()
    page.wait_for_function("() => location.hash.includes('logx=1') && document.querySelector('.chart').fieldbookWindow?.[0] > 0")
    page.wait_for_function("() => document.querySelector('.chart .chart-note').textContent.includes('before the axis begins')")
    columns = drawn(page)
    place_of, value = true_spike(site)
    assert sum(one[COUNT] for one in columns) == total - 1, "all but the point at step 0"
    assert all(one[TO] < other[FROM] for one, other in zip(columns, columns[1:])), "no stretch is asked for twice"
    assert greatest(columns)[MAX] == value and greatest(columns)[FROM] <= place_of <= greatest(columns)[TO]
    pixels = page.evaluate("(places) => places.map(document.querySelector('.chart').fieldbookPixel)", [10 ** power for power in range(7)])
    steps = [b - a for a, b in zip(pixels, pixels[1:])]
    assert steps[0] > 20 and max(steps) - min(steps) < 1e-6 * max(steps), steps
    widths = page.evaluate("(ends) => ends.map(([a, b]) => { const at = document.querySelector('.chart').fieldbookPixel; return at(b + 1) - at(a); })", [[one[FROM], one[TO]] for one in columns if one[COUNT] > 1])
    assert max(widths) < 1.7, ("a column is about a pixel", max(widths))
    # Zoomed in by hand, what is drawn lies within.
    page.locator(".plot").focus()
    page.keyboard.press("+")
    page.wait_for_function("(many) => document.querySelector('.chart').fieldbookCurves[0].columns.length && document.querySelector('.chart').fieldbookWindow[0] > 1000", arg=total)
    page.wait_for_function("() => { const { fieldbookCurves: [{ columns }], fieldbookWindow: [a, b] } = document.querySelector('.chart'); return columns[0][0] >= a - 1 && columns.at(-1)[1] <= b + 1; }")
    page.keyboard.press("0")
    page.wait_for_function("(many) => document.querySelector('.chart').fieldbookCurves[0].columns.reduce((sum, one) => sum + one[2], 0) === many", arg=total - 1)
    # However far a peer's steps reach, there are a few windows, and the last ends where they do.
    for high in (1, 2, 7, 1e6, 2.0 ** 53, 2.0 ** 63):
        windows = page.evaluate("async (high) => (await import('/page/logarithm.js')).stretches([1, high], 'step', 1200)", high)
        assert len(windows) < 40 and windows[0][0][0] == 1 and float(windows[-1][0][1]) == high, (high, windows)
    # No logarithm of a wall clock.
    page.locator("#axis").select_option("time")
    page.wait_for_function("() => document.querySelector('#logx').disabled")
    page.wait_for_function("(many) => document.querySelector('.chart').fieldbookCurves[0].columns.reduce((sum, one) => sum + one[2], 0) === many", arg=total)
    site.quiet(page)


def saved_svg(page):
    page.locator(".chart").hover()
    with page.expect_download() as download:
        page.locator(".chart-tools button", has_text="SVG").click()
    with open(download.value.path(), encoding="utf-8") as file:
        return file.read()


def lonely_spike(site):
    page, _, _ = open_long(site)
    place_of, value = true_spike(site)
    page.locator("#log").check()
    page.wait_for_function("() => location.hash.includes('log=1')")
    page.wait_for_timeout(500)
    column = next(one for one in drawn(page) if one[FROM] <= place_of <= one[TO])
    assert column[MIN] <= 0 and column[MAX] == value
    at = page.evaluate("(x) => document.querySelector('.chart').fieldbookPixel(x) - document.querySelector('.plot').getBoundingClientRect().left", (column[FROM] + column[TO]) / 2)
    svg = saved_svg(page)
    starts = [tuple(float(word) for word in found.groups()) for found in re.finditer(r'd="M([\d.]+) ([\d.]+)', svg)]
    assert any(abs(x - at) < 5 and y < 30 for x, y in starts), (at, starts[:20])
    site.quiet(page)


def logarithmic_groups(site):
    metric = site.data.metric
    ids = [run["run_id"] for run in site.data.runs if metric in run["metrics"]][:3]
    page = site.open(place("runs", group=f"params.{site.data.param}", chart=metric, chosen=",".join(ids)))
    has_all = "(many) => { const curves = document.querySelector('.overlay .chart')?.fieldbookCurves ?? []; return curves.length > many && curves.some((one) => one.columns.length); }"
    page.wait_for_function(has_all, arg=len(ids))
    page.locator(".overlay #logx").check()
    page.wait_for_function("() => { const { fieldbookWindow, fieldbookCurves } = document.querySelector('.overlay .chart'); return fieldbookWindow[0] > 0 || fieldbookCurves.every((one) => !one.columns.length); }")
    curves = page.evaluate("document.querySelector('.overlay .chart').fieldbookCurves")
    for curve in curves:
        assert all(one[FROM] >= 1 for one in curve["columns"]), curve["key"]
        assert all(one[TO] < other[FROM] for one, other in zip(curve["columns"], curve["columns"][1:])), curve["key"]
    site.quiet(page)


def smoothing(site):
    page, _, _ = open_long(site)
    before = drawn(page)
    page.locator("#smooth").fill("60")
    page.wait_for_timeout(1500)
    assert drawn(page) == before
    site.quiet(page)


def saves(site):
    page, run, key = open_long(site)
    page.locator(".chart").hover()
    for kind in ["CSV", "SVG", "PNG"]:
        with page.expect_download() as download:
            page.locator(".chart-tools button", has_text=kind).click()
        with open(download.value.path(), "rb") as file:
            content = file.read()
        if kind == "CSV":
            lines = content.decode().splitlines()
            assert lines[0].startswith("run,name,key,from,to,count") and len(lines) == len(drawn(page)) + 1
        elif kind == "SVG":
            assert content.startswith(b"<svg") and b"<path" in content
        else:
            assert content.startswith(b"\x89PNG")
    assert not page.told["errors"], page.told


def compared(site, view="curves"):
    runs = [run for run in site.data.runs if site.data.metric in run["metrics"]][:3]
    page = site.open(place("compare", runs=",".join(run["run_id"] for run in runs), view=view))
    page.wait_for_function("() => document.querySelector('.chart')?.fieldbookCurves?.length")
    return page


def cursors(site):
    page = compared(site)
    page.wait_for_function("() => [...document.querySelectorAll('.chart')].filter(one => one.fieldbookCurves).length > 1")
    box = page.locator(".chart .plot").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.wait_for_function("() => [...document.querySelectorAll('.rule')].filter(one => !one.hidden).length > 1")
    page.select_option("#axis", "time")
    # The curves come anew, and a pointer that rests tells nothing: it goes on.
    told = "() => /UTC$/.test(document.querySelector('.readout[data-axis=time]')?.title ?? '')"
    for step in range(80):
        page.mouse.move(box["x"] + box["width"] / 3 + step, box["y"] + 60)
        if page.evaluate(told):
            break
        page.wait_for_timeout(250)
    assert page.evaluate(told), "UTC is told of the place under the cursor"
    assert page.locator(".readout").first.inner_text().count(":") >= 2, "to the second"
    site.quiet(page)


def hiding(site):
    page = compared(site)
    before = page.evaluate("document.querySelector('.legend').closest('.chart').fieldbookCurves")
    color = "() => [...document.querySelectorAll('.legend .swatch')].map(one => one.style.background)"
    tints = page.evaluate(color)
    page.locator(".legend button").first.click()
    assert page.locator(".legend button").first.get_attribute("aria-pressed") == "false"
    assert page.evaluate("document.querySelector('.legend').closest('.chart').fieldbookCurves") == before
    assert page.evaluate(color) == tints
    site.quiet(page)


def many_lines(site):
    metric = site.data.metric
    ids = [run["run_id"] for run in site.data.all_runs() if metric in run["metrics"]][:30]
    page = site.open(place("runs", chosen=",".join(ids), chart=metric))
    page.wait_for_function("(many) => (document.querySelector('.overlay .chart')?.fieldbookCurves ?? []).length === many", arg=len(ids))
    looks = page.evaluate("() => [...document.querySelectorAll('.overlay .legend .swatch')].map((one) => { const { backgroundColor, backgroundImage } = getComputedStyle(one); return `${backgroundColor} ${backgroundImage}`; })")
    chosen = "() => { const one = document.querySelector('.overlay select'); return one.value && one.options.length > 1 && one.value; }"
    assert page.wait_for_function(chosen).json_value() == metric
    assert len(looks) == len(ids) and len(set(looks)) == len(ids), looks
    assert sum("gradient" not in one for one in looks) == 12, looks
    assert not page.told["errors"], page.told["errors"]


def only_what_is_new(site):
    page, run, _ = open_long(site)
    last = drawn(page)[-1]
    asked = []
    page.on("request", lambda request: request.url.endswith("/page/api/curves") and asked.append(json.loads(request.post_data)))
    for action in ({"action": "tag", "key": "page-chart", "value": "1"}, {"action": "untag", "key": "page-chart"}):
        site.post(f"runs/{run['run_id']}/change", action)
        page.wait_for_timeout(1500)
    assert asked, "a change is heard"
    assert sum(one[COUNT] for one in drawn(page)) == run["metrics"][site.data.long_series[1]]["count"], "nothing is lost or twice"
    for one in asked:
        assert one["from"] >= last[FROM] and one["to"] is None and one["columns"] <= 100, one
    site.quiet(page)
