"""Two runs beside each other: configs, environments, artifacts; many of them: a brush moved by keys, and the front of three fields."""

import math

from support import place


def checks(site):
    yield "configs of two runs are compared word by word", lambda: configs(site)
    yield "artifacts: what differs, what only one has, and what changed in a text", lambda: artifacts(site)
    yield "two changes in a long text are shown, and what is alike is folded", lambda: long_texts(site)
    yield "parallel coordinates and scatter go on with the runs, and brushes keep their values", lambda: goes_on(site)
    yield "an axis is brushed by keyboard, and let go", lambda: brushes(site)
    yield "the front of three fields is what no run beats", lambda: front(site)


def pair(site, view, **words):
    one, other = site.data.code_run, site.data.other_config_run
    page = site.open(place("compare", runs=f"{one['run_id']},{other['run_id']}", view=view, **words))
    page.locator(".pair-bar").wait_for()
    return page, one, other


def text_of(site, run, room, path):
    answer = site.api_context.request.get(f"{site.url}/page/api/runs/{run['run_id']}/{room}/{path}")
    assert answer.ok, answer.status
    return answer.text()


def put_together(page, selector):
    """Both texts of a difference, from what it shows."""
    page.evaluate("selector => document.querySelectorAll(`${selector} .diff button`).forEach(one => one.click())", selector)
    return page.evaluate("""selector => {
        const pieces = [...document.querySelector(`${selector} .diff`).childNodes];
        const text = skipped => pieces.filter(one => one.nodeName !== skipped).map(one => one.textContent).join('');
        return [text('INS'), text('DEL')];
    }""", selector)


def configs(site):
    page, one, other = pair(site, "config")
    sides = [{file["path"] for file in site.get(f"runs/{run['run_id']}/code")["files"] if file["path"].startswith("config/")} for run in (one, other)]
    assert sides[0] & sides[1]
    seen = 0
    for path in sorted(sides[0] & sides[1]):
        texts = [text_of(site, run, "code", path) for run in (one, other)]
        if texts[0] == texts[1]:
            page.locator("#same-configs code", has_text=path).wait_for()
            continue
        page.locator(f".card[data-path='{path}']").wait_for()
        assert put_together(page, f".card[data-path='{path}']") == texts, path
        seen += 1
    assert seen > 0
    page.get_by_role("heading", name="Machine, interpreter and variables").wait_for()
    page.get_by_role("button", name="Swap").click()
    page.wait_for_function("words => location.hash.includes(words)", arg=f"left={other['run_id']}")
    site.picture(page, "compare-config")
    site.quiet(page)


def artifacts(site):
    page, one, other = pair(site, "artifacts")
    hashes = [{file["path"]: file["sha256"] for file in site.get(f"runs/{run['run_id']}")["artifacts"]} for run in (one, other)]
    true = {path: "right" if path not in hashes[0] else "left" if path not in hashes[1] else "same" if hashes[0][path] == hashes[1][path] else "other" for path in {**hashes[0], **hashes[1]}}
    shown = dict(page.locator(".list-section a").evaluate_all("all => all.map(one => [one.dataset.path, one.dataset.state])"))
    assert shown == true, (shown, true)
    path = next(path for path, state in true.items() if state == "other" and path.endswith((".yaml", ".txt")))
    page.locator(f".list-section a[data-path='{path}']").click()
    page.locator(".preview .diff").wait_for()
    assert put_together(page, ".preview") == [text_of(site, run, "artifacts", path) for run in (one, other)]
    site.quiet(page)


def long_texts(site):
    one, other = site.data.code_run, site.data.other_config_run
    lines = [f"{i} of many lines that two runs wrote\n" for i in range(20_000)]
    texts = {one["run_id"]: "".join(lines), other["run_id"]: "".join(["another first line\n", *lines[1:-1], "another last line\n"])}

    def answer(route):
        run, *path = route.request.url.split("/page/api/runs/")[1].split("/")
        if path:
            return route.fulfill(body=texts[run], content_type="text/plain")
        return route.fulfill(json={**site.get(f"runs/{run}"), "artifacts": [{"path": "long.txt", "sha256": run * 2, "bytes": len(texts[run]), "here": True}]})

    def prepare(page):
        for run in texts:
            page.route(f"**/page/api/runs/{run}", answer)
            page.route(f"**/page/api/runs/{run}/artifacts/long.txt", answer)

    page = site.open(place("compare", runs=",".join(texts), view="artifacts", path="long.txt"), prepare=prepare)
    page.locator(".preview .diff").wait_for()
    changed = page.locator(".preview .diff del, .preview .diff ins").all_text_contents()
    assert sum(map(len, changed)) < 200, changed[:4]
    assert len(page.locator(".preview .diff").text_content()) < 2_000, "what is alike is folded"
    assert put_together(page, ".preview") == list(texts.values())
    site.quiet(page)


def many(site):
    key, metric = site.data.param, site.data.metric
    runs = [run for run in site.data.runs if metric in run["metrics"] and run["params"].get(key) is not None and isinstance(run["metrics"][metric]["last"], (int, float))]
    return key, metric, runs[:40]


def brushes(site):
    key, metric, runs = many(site)
    page = site.open(place("compare", runs=",".join(run["run_id"] for run in runs), view="parallel", axes=f"params.{key},metrics.{metric}"))
    handle = page.locator(f"[data-handle='metrics.{metric} 0']")
    handle.focus()
    for _ in range(5):
        page.keyboard.press("PageUp")  # half of the axis
    values = [run["metrics"][metric]["last"] for run in runs]
    low, high = min(values), max(values)
    place_of = (lambda v: (math.log(v) - math.log(low)) / (math.log(high) - math.log(low))) if low > 0 and high / low > 100 else (lambda v: (v - low) / (high - low))
    kept = {run["run_id"] for run, value in zip(runs, values) if place_of(value) >= 0.5 - 1e-9}
    assert 0 < len(kept) < len(runs)
    page.get_by_text(f"{len(kept)} of {len(runs)} runs pass").wait_for()
    shown = set(page.locator(".par-line:not(.par-out)").evaluate_all("all => all.map(one => one.dataset.run)"))
    assert shown == kept, shown ^ kept
    now = handle.get_attribute("aria-valuenow")
    assert now == "50", f"the handle tells where it is: {now}"
    # The list below has changed the page's width, and the drawing is made anew: the keys go on.
    page.wait_for_function("name => document.activeElement.dataset.handle === name", arg=f"metrics.{metric} 0")
    assert page.locator(".par-value").count() == 2
    site.picture(page, "parallel-brushed")
    # The address holds it.
    other = site.open(page.url[len(site.url) + 1:])
    other.get_by_text(f"{len(kept)} of {len(runs)} runs pass").wait_for()
    assert set(other.locator(".par-line:not(.par-out)").evaluate_all("all => all.map(one => one.dataset.run)")) == kept
    page.keyboard.press("Escape")
    page.wait_for_function("n => document.querySelectorAll('.par-line:not(.par-out)').length === n", arg=len(runs))
    assert "brush=" not in page.url
    drags(page, metric, len(runs))
    site.quiet(page)


def goes_on(site):
    ids = []
    for name, height in [("climber", 1), ("walker", 3)]:
        site.line("start", "--name", name)
        ids.append(next(one["run_id"] for one in site.search()["runs"] if one["name"] == name))
        site.line("log", "metric", f"height={height}", f"pace={height}", "--step", "0", "--run", ids[-1])
    runs = ",".join(ids)
    page = site.open(place("compare", runs=runs, view="parallel", axes="metrics.height,metrics.pace", brush="metrics.height:2:"))
    page.get_by_text("1 of 2 runs pass").wait_for()
    spots = site.open(place("compare", runs=runs, view="scatter", x="metrics.height", y="metrics.rest"))
    spots.wait_for_selector(".drawing svg")
    assert spots.locator(".spot").count() == 2, "what names no field is another"
    site.line("log", "metric", "height=5", "rest=1", "--step", "1", "--run", ids[0])
    page.get_by_text("2 of 2 runs pass").wait_for()
    assert "brush=metrics.height" in page.url
    spots.get_by_text("1 run without both values").wait_for()
    assert spots.locator(".spot").count() == 1
    site.line("log", "metric", "rest=2", "--step", "1", "--run", ids[1])
    spots.wait_for_function("() => document.querySelectorAll('.spot').length === 2")
    for one in ids:
        site.line("delete", one)
    site.quiet(page)
    site.quiet(spots)


def drags(page, metric, count):
    """Under the hand already the drawing shows what will be kept."""
    box = page.locator(f".par-hit[data-axis='metrics.{metric}']").bounding_box()
    x, y, height = box["x"] + box["width"] / 2, box["y"], box["height"]
    page.mouse.move(x, y + height * 0.3)
    page.mouse.down()
    page.mouse.move(x, y + height * 0.6, steps=4)
    page.locator(".par-value").first.wait_for()
    page.get_by_text(f"of {count} runs pass").wait_for()
    under_hand = page.locator(".par-line:not(.par-out)").count()
    assert under_hand < count
    page.mouse.up()
    page.wait_for_function("() => location.hash.includes('brush=')")
    assert page.locator(".par-line:not(.par-out)").count() == under_hand


def front(site):
    key, metric, _ = many(site)
    runs = site.search(limit=500)["runs"]
    other = next(name for run in runs for name in run["metrics"] if name != metric and not name.startswith("system/"))

    def number(value):
        try:
            return float(value)
        except (TypeError, ValueError):
            return math.nan

    points = {run["run_id"]: (number(run["metrics"].get(metric, {}).get("last")), -number(run["metrics"].get(other, {}).get("last")), number(run["params"].get(key))) for run in runs}
    points = {one: values for one, values in points.items() if all(map(math.isfinite, values))}
    best = {one for one, mine in points.items() if not any(all(a <= b for a, b in zip(them, mine)) and them != mine for them in points.values())}
    assert 0 < len(best) < len(points)
    page = site.open(place("compare", all="1", view="scatter", x=f"metrics.{metric}", xgoal="min", y=f"metrics.{other}", ygoal="max", z=f"params.{key}", zgoal="min"))
    page.get_by_text(f"{len(best):,} run").first.wait_for()
    shown = page.locator("section[aria-label='Pareto front'] th a").evaluate_all("all => all.map(one => one.hash.split('/')[2])")
    assert set(shown) <= best and len(shown) == min(50, len(best)), (shown, best)
    assert page.locator(".spot-best").count() == len(best)
    site.quiet(page)
