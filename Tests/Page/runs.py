"""The table of runs: filter, order, columns, ticks, all in the address; few rows in the document however many there are."""

from support import number, place

ROWS = "main .grid tbody tr[data-index]"
MOST_ROWS = 120  # in the document at once


def checks(site):
    yield "the table holds few rows, and shows the last", lambda: virtual(site)
    yield "a filter narrows, is in the address, and back undoes it", lambda: filters(site)
    yield "a filter that does not read is said in words", lambda: filter_error(site)
    yield "the filter completes names and operators", lambda: completes(site)
    yield "the filter completes what runs have, and the words of datasets", lambda: completes_values(site)
    yield "a heading sorts", lambda: sorts(site)
    yield "columns are chosen, ordered and pinned", lambda: columns(site)
    yield "a sparkline is drawn of the rows that are seen", lambda: sparkline(site)
    yield "only what differs hides the rest", lambda: differs(site)
    yield "ticked runs are compared and drawn over each other", lambda: ticks(site)
    yield "an address holds the whole view", lambda: round_trip(site)
    yield "an address holds how the chart above the table is drawn", lambda: chart_round_trip(site)


def names(page):
    return page.locator(f"{ROWS} td a[data-key^=name-]").all_inner_texts()


def ready(site, where="#/runs"):
    page = site.open(where)
    page.wait_for_selector(f"{ROWS} a, main .empty")
    site.settle(page)
    return page


def virtual(site):
    page = ready(site)
    total = site.search(limit=1)["total"]
    assert page.locator("#tally").inner_text() == f"{total:,} runs"
    assert page.locator(ROWS).count() < MOST_ROWS
    assert page.locator(".grid").get_attribute("aria-rowcount") == str(total + 1)
    last = list(site.data.all_runs())[-1]
    asked = []
    page.on("request", lambda request: request.url.endswith("/runs/search") and asked.append(request.post_data_json))
    page.evaluate("() => { const f = document.querySelector('.grid-frame'); f.scrollTop = f.scrollHeight }")
    page.wait_for_selector(f"a[data-key='name-{last['run_id']}']")
    assert page.locator(ROWS).count() < MOST_ROWS
    assert 0 < len(asked) <= 3, f"what lies between is not asked for: {[one['offset'] for one in asked]}"
    far_away(site, page, last)
    page.keyboard.press("Home")
    page.wait_for_selector(f"a[data-key='name-{site.search(limit=1)['runs'][0]['run_id']}']")
    page.keyboard.press("End")
    page.wait_for_selector(f"a[data-key='name-{last['run_id']}']")
    site.quiet(page)


def far_away(site, page, last):
    """A row at the end of the list is as it is now, too."""
    if not site.line:
        return
    for name in ["renamed far away", last["name"]]:
        site.line("rename", last["run_id"], name)
        page.wait_for_function("([key, name]) => document.querySelector(`a[data-key='${key}']`)?.textContent === name", arg=[f"name-{last['run_id']}", name])


def filters(site):
    page = ready(site)
    key = site.data.param
    value = next(run["params"][key] for run in site.data.runs if key in run["params"])
    text = f"params.{key} = '{value}'"
    wanted = site.search(filter=text)
    page.fill("#filter", text)
    page.keyboard.press("Enter")
    page.wait_for_function("words => document.querySelector('#tally').textContent.startsWith(words)", arg=f"{wanted['total']:,} run")
    site.settle(page)
    assert names(page)[0] == wanted["runs"][0]["name"]
    assert "filter=" in page.url
    page.go_back()
    total = site.search(limit=1)["total"]
    page.wait_for_function("words => document.querySelector('#tally').textContent.startsWith(words)", arg=f"{total:,} run")
    page.go_forward()
    page.wait_for_function("words => document.querySelector('#tally').textContent.startsWith(words)", arg=f"{wanted['total']:,} run")
    assert page.locator("#filter").input_value() == text
    site.quiet(page)


def filter_error(site):
    page = ready(site)
    before = names(page)
    page.fill("#filter", "metrics. > nonsense ((")
    page.keyboard.press("Enter")
    page.wait_for_selector("#filter-error:not([hidden])")
    assert len(page.locator("#filter-error").inner_text()) > 10
    assert page.locator("#filter").get_attribute("aria-invalid") is not None
    assert names(page)[:10] == before[:10], "what was there stays readable"
    assert not page.told["errors"]


def completes(site):
    page = ready(site)
    metric = site.data.metric
    page.locator("#filter").focus()
    page.keyboard.type(f"metrics.{metric[:2]}")
    options = page.locator("#filter-choices [role=option]")
    options.first.wait_for()
    assert any(metric in text for text in options.all_inner_texts())
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#filter").input_value().startswith("metrics.")
    assert any(text.strip().startswith(">") for text in options.all_inner_texts()), options.all_inner_texts()
    page.keyboard.press("Escape")
    site.quiet(page)


def completes_values(site):
    key = site.data.param
    value = next(run["params"][key] for run in site.data.runs if run["params"].get(key))
    page = ready(site)
    page.locator("#filter").focus()
    options = page.locator("#filter-choices [role=option]")
    page.keyboard.type(f"params.{key} = ")
    options.first.wait_for()
    assert f"'{value}'" in [text.strip() for text in options.all_inner_texts()], options.all_inner_texts()
    page.keyboard.type(f"'{value[:1]}")
    options.first.wait_for()
    page.locator("#filter-choices [role=option]", has_text=f"'{value}'").first.click()
    assert page.locator("#filter").input_value() == f"params.{key} = '{value}'"
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.includes('filter=')")
    site.settle(page)
    assert page.locator("#filter-error").is_hidden()
    page.locator("#filter").fill("datasets.")
    page.keyboard.press("End")
    page.keyboard.type("n")
    assert [text.split()[0] for text in options.all_inner_texts()] == ["datasets.name"], options.all_inner_texts()
    page.keyboard.press("Escape")
    site.quiet(page)


def sorts(site):
    metric = site.data.metric
    page = ready(site, place("runs", columns=f"name,metrics.{metric.replace('/', '%2F')}"))
    heading = page.locator(".grid th button", has_text=metric)
    heading.click()
    page.wait_for_selector(".grid th[aria-sort=descending]")
    site.settle(page)
    assert "order=" in page.url

    def shown():
        cells = page.locator(f"{ROWS} td.num span").evaluate_all("all => all.map(one => /last (\\S+)/.exec(one.title)?.[1]).filter(Boolean)")
        return [number(one) for one in cells if one not in ("NaN",)]

    values = shown()
    assert len(values) > 5 and values == sorted(values, reverse=True), values[:10]
    heading.click()
    page.wait_for_selector(".grid th[aria-sort=ascending]")
    site.settle(page)
    values = shown()
    assert len(values) > 5 and values == sorted(values), values[:10]
    site.quiet(page)


def headings(page):
    return [text.strip(" ↑↓") for text in page.locator(".grid th").all_inner_texts()][1:]


def columns(site):
    key = site.data.param
    page = ready(site, place("runs", columns="name,status,user"))
    assert headings(page) == ["Name", "Status", "User"]
    page.locator("#columns").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Find a column").fill(f"params.{key}")
    dialog.locator(".column-add").first.click()
    dialog.get_by_role("button", name=f"Move params.{key} up").click()
    dialog.get_by_role("button", name="Remove status").click()
    dialog.get_by_role("button", name="Pin user").click()
    page.keyboard.press("Escape")
    # Pinned ones come first.
    assert headings(page) == ["Name", "User", key], headings(page)
    page.reload()
    page.wait_for_selector(f"{ROWS} a")
    assert headings(page) == ["Name", "User", key], headings(page)
    site.quiet(page)


def sparkline(site):
    metric = site.data.metric.replace("/", "%2F")
    page = ready(site, place("runs", columns=f"name,curve.{metric}"))
    page.wait_for_selector(f"{ROWS} svg.spark")
    site.quiet(page)


def differs(site):
    page = ready(site, place("runs", columns="name,run_id,experiment", experiment=site.data.runs[0]["experiment"]["name"]))
    assert "Experiment" in headings(page)
    page.get_by_label("Only what differs").check()
    page.wait_for_function("() => ![...document.querySelectorAll('.grid th')].some(one => one.textContent.includes('Experiment'))")
    assert headings(page) == ["Name", "Id"], "one experiment, many ids"
    site.quiet(page)


def ticks(site):
    page = ready(site)
    for i in range(2):
        page.locator(f"{ROWS} input[type=checkbox]").nth(i).check()
    page.get_by_text("2 runs ticked").wait_for()
    page.get_by_role("button", name="Curves", exact=True).click()
    page.wait_for_function("() => document.querySelector('.overlay .chart')?.fieldbookCurves?.length === 2")
    page.get_by_role("link", name="Compare", exact=True).last.click()
    page.get_by_role("heading", name="2 runs compared").wait_for()
    site.quiet(page)


def round_trip(site):
    metric, key = site.data.metric, site.data.param
    first = site.data.runs[0]
    where = place("runs", columns=f"name,params.{key},metrics.{metric.replace('/', '%2F')}", order="attributes.start_time DESC",
                  filter="attributes.status != 'SCHEDULED'", chosen=first["run_id"])
    page = ready(site, where)
    first_names, first_headings = names(page), headings(page)
    other = ready(site, page.url[len(site.url) + 1:])
    assert headings(other) == first_headings, (headings(other), first_headings)
    assert names(other)[:10] == first_names[:10], (names(other)[:10], first_names[:10])
    assert other.locator("#filter").input_value() == "attributes.status != 'SCHEDULED'"
    other.get_by_text("1 run ticked").wait_for()
    site.quiet(other)


def chart_round_trip(site):
    run, metric = site.data.long_series
    page = ready(site, place("runs", filter=f"attributes.run_id = '{run['run_id']}'", chosen=run["run_id"], chart=metric))
    page.wait_for_selector(".overlay .settings")
    page.select_option("#axis", "relative")
    page.check("#log")
    page.check("#logx")
    page.locator("#smooth").fill("40")
    page.wait_for_function("() => ['axis=relative', 'log=1', 'logx=1', 'smooth=40'].every((words) => location.hash.includes(words))")
    site.settle(page)
    other = ready(site, page.url[len(site.url) + 1:])
    other.wait_for_selector(".overlay .settings")
    shown = other.evaluate("() => ['axis', 'smooth'].map((id) => document.getElementById(id).value).concat(['log', 'logx'].map((id) => document.getElementById(id).checked))")
    assert shown == ["relative", "40", True, True], shown
    other.select_option("#axis", "time")
    other.wait_for_function("() => document.getElementById('logx').disabled")
    # What is drawn replaces its place in the history; another address may still ask for it.
    other.evaluate("() => { location.hash = location.hash.replace('axis=time', 'axis=relative') }")
    other.wait_for_function("() => document.getElementById('axis').value === 'relative' && document.getElementById('logx').checked")
    site.quiet(other)
