"""What is missing is said, and what can be done about it."""

from support import place


def checks(site):
    yield "without the chart library the page says so, and lists", lambda: no_library(site)
    yield "a server that does not answer is said, and recovered from", lambda: silent_server(site)
    yield "a run that is not there is said", lambda: no_run(site)
    yield "a page that is not there is said", lambda: no_page(site)


def no_library(site):
    def prepare(page):
        page.route("**/page/lib/*", lambda route: route.fulfill(status=404, body=""))

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


def no_run(site):
    page = site.open(place("runs", "0" * 32))
    page.wait_for_selector("main .failure")
    assert len(page.locator("main .failure").inner_text()) > 8
    assert not page.told["errors"], page.told["errors"]


def no_page(site):
    page = site.open("#/nowhere")
    assert "nowhere" in page.locator("main .failure").inner_text()
    assert not page.told["errors"], page.told["errors"]
