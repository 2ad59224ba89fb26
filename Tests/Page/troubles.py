"""What is missing is said, and what can be done about it."""

from support import place


def checks(site):
    yield "without the chart library the page says so, and lists", lambda: no_library(site)
    yield "a server that does not answer is said, and recovered from", lambda: silent_server(site)
    yield "seven tabs share one stream, and lose nothing when its holder goes", lambda: many_tabs(site)
    yield "a tab that nobody sees lets go of its stream, and listens again when it is looked at", lambda: unseen_tab(site)
    yield "views that nobody opened yet open also when the server is gone", lambda: gone_server(site)
    yield "a part that cannot be loaded says what to do", lambda: no_module(site)
    yield "what is opened is asked for once, and a change right after it is seen", lambda: asked_once(site)
    yield "a run that is not there is said", lambda: no_run(site)
    yield "a page that is not there is said", lambda: no_page(site)


def no_library(site):
    def prepare(page):
        page.route("**/lib/dygraph*", lambda route: route.fulfill(status=404, body=""))

    run, _ = site.data.long_series
    page = site.open(place("runs", run["run_id"], tab="charts"), prepare=prepare)
    page.wait_for_selector(".library-missing")
    assert "libjs-dygraphs" in page.locator(".library-missing").first.inner_text()
    page.goto(f"{site.url}/#/runs")
    page.wait_for_selector("main .grid tbody tr[data-index] a")
    assert not page.told["errors"], page.told["errors"]


def silent_server(site):
    page = site.open("#/runs", prepare=lambda page: page.route("**/page/events", lambda route: route.abort()))
    page.wait_for_selector("#banner:not([hidden])")
    assert "does not answer" in page.locator("#banner").inner_text()
    assert "fieldbook server" in page.locator("#banner").inner_text()
    page.unroute("**/page/events")
    page.wait_for_selector("#banner", state="hidden")
    assert not page.told["errors"], page.told["errors"]


def many_tabs(site):
    """A browser opens six connections to a server: seven tabs listen by one of them, and another takes its place."""
    run, _ = site.data.long_series
    asked = []
    first = site.open(place("runs", run["run_id"]))
    site.settle(first)
    first.context.on("request", lambda request: request.url.endswith("/page/events") and asked.append(request))
    tabs = [first]
    for _ in range(6):
        tab = first.context.new_page()
        tab.goto(f"{site.url}/{place('runs', run['run_id'])}")
        tab.wait_for_selector("main h1")
        tabs.append(tab)
    assert not asked, f"{len(asked)} streams beside the first one's"

    def told(value, tabs):
        site.post(f"runs/{run['run_id']}/change", {"action": "tag", "key": "tabs", "value": value})
        for tab in tabs:
            tab.wait_for_selector(f"text={value}")

    told("to all seven", tabs)
    first.close()
    told("to the six that are left", tabs[1:])
    assert len(asked) == 1, len(asked)
    site.post(f"runs/{run['run_id']}/change", {"action": "untag", "key": "tabs"})


def unseen_tab(site):
    def prepare(page):
        page.add_init_script("""
            let hidden = false;
            Object.defineProperty(document, 'hidden', { get: () => hidden });
            globalThis.look = (seen) => { hidden = !seen; document.dispatchEvent(new Event('visibilitychange')); };""")
        page.on("requestfailed", lambda request: request.url.endswith("/page/events") and page.ended.append(request))
        page.on("request", lambda request: request.url.endswith("/page/events") and page.begun.append(request))
        page.ended, page.begun = [], []

    run, _ = site.data.long_series
    page = site.open(place("runs", run["run_id"]), prepare=prepare)
    site.settle(page)
    assert (len(page.begun), len(page.ended)) == (1, 0), (page.begun, page.ended)
    page.evaluate("look(false)")
    page.wait_for_timeout(1_000)
    assert not page.ended, "a short look elsewhere costs nothing"
    page.evaluate("look(true)")
    page.wait_for_timeout(6_000)
    assert (len(page.begun), len(page.ended)) == (1, 0), (page.begun, page.ended)
    page.evaluate("look(false)")
    page.wait_for_timeout(7_000)
    assert (len(page.begun), len(page.ended)) == (1, 1), (page.begun, page.ended)
    assert page.locator("#banner").is_hidden(), "nothing is wrong"
    site.post(f"runs/{run['run_id']}/change", {"action": "tag", "key": "unseen", "value": "while away"})
    page.wait_for_timeout(1_000)
    assert page.get_by_text("while away").count() == 0
    page.evaluate("look(true)")
    page.wait_for_selector("text=while away")
    assert len(page.begun) == 2, page.begun
    site.post(f"runs/{run['run_id']}/change", {"action": "untag", "key": "unseen"})
    assert not page.told["errors"], page.told["errors"]


HAS = "(names) => names.every((name) => performance.getEntriesByType('resource').some((one) => one.name.endsWith('/' + name)))"


def gone_server(site):
    run, _ = site.data.long_series
    page = site.open(place("runs", run["run_id"]))
    page.wait_for_function(HAS, arg=["sync.js", "conflicts.js", "provenance.js", "code.js", "scatter.js"])
    page.route("**/page/**", lambda route: route.abort())
    for address, mark in ((f"#/runs/{run['run_id']}?tab=environment", "#tab-body"), ("#/sync", "main.view-sync"), ("#/compare", "main.view-compare")):
        page.goto(f"{site.url}/{address}")
        page.wait_for_selector(mark)
        assert "could not be loaded" not in page.locator("main").inner_text(), address


def no_module(site):
    run, _ = site.data.long_series
    hide = lambda page: page.route("**/log.js", lambda route: route.abort())
    page = site.open(place("runs", run["run_id"], tab="log"), prepare=hide)
    page.wait_for_selector("#tab-body .failure")
    assert "load the page again" in page.locator("#tab-body .failure").inner_text()


def asked_once(site):
    run, _ = site.data.long_series
    paths = ("/page/api/status", f"/page/api/runs/{run['run_id']}")
    counts = []
    # A replica may have something to put down of itself, once: then it is asked again, and rightly.
    for _ in range(3):
        asked = []
        page = site.open(place("runs", run["run_id"]), prepare=lambda page, asked=asked: page.on("request", lambda request: asked.append(request.url)))
        page.wait_for_timeout(3_500)
        assert any(one.endswith("/page/events") for one in asked)
        counts.append([sum(one.endswith(path) for one in asked) for path in paths])
        if counts[-1] == [1, 1]:
            break
    assert counts[-1] == [1, 1], counts
    site.post(f"runs/{run['run_id']}/change", {"action": "tag", "key": "seen-at", "value": "once"})
    page.wait_for_selector("text=seen-at")
    site.post(f"runs/{run['run_id']}/change", {"action": "untag", "key": "seen-at"})


def no_run(site):
    page = site.open(place("runs", "0" * 32))
    page.wait_for_selector("main .failure")
    assert len(page.locator("main .failure").inner_text()) > 8
    assert not page.told["errors"], page.told["errors"]


def no_page(site):
    page = site.open("#/nowhere")
    assert "nowhere" in page.locator("main .failure").inner_text()
    assert not page.told["errors"], page.told["errors"]
