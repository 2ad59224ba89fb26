"""Where a model's versions come from."""

from support import place


def checks(site):
    for size in ["wide", "narrow"]:
        yield f"the lineage leads from data and runs to versions and aliases, {size}", lambda s=size: drawn(site, s)
    yield "circles and names of a hostile peer do not stop the lineage", lambda: circles(site)


def drawn(site, size):
    model, source = site.data.versioned
    page = site.open(place("models", model["name"]), size)
    page.locator(".lineage .node").first.wait_for()
    shown = page.locator(".lineage .node").evaluate_all("all => all.map(one => [one.dataset.node, one.getAttribute('href')])")
    nodes = dict(shown)
    for one in model["versions"]:
        assert f"version {one['version']}" in nodes
        if one["run_id"]:
            assert one["run_id"] in nodes[f"run {one['run_id']}"]
            for data in site.get(f"runs/{one['run_id']}")["datasets"]:
                assert f"data {data['name']} {data['tags'].get('fieldbook.content', data['digest'])}" in nodes, nodes
    assert {one for one in nodes if one.startswith("alias ")} == {f"alias {word}" for word in model["aliases"]}
    # Each line ends at two things that are drawn.
    assert page.locator(".lineage .edge").count() >= sum(bool(one["run_id"]) for one in model["versions"]) + len(model["aliases"])
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if size == "narrow":
        assert page.evaluate("document.querySelector('.lineage').scrollWidth - document.querySelector('.lineage').clientWidth") <= 0, "no scrolling sideways"
    # Drawn anew, in another width, it leaves the keyboard where it stands.
    page.locator(f"[data-node='run {source['run_id']}']").focus()
    view = page.viewport_size
    page.set_viewport_size({**view, "width": view["width"] - 20})
    page.wait_for_timeout(600)
    assert page.evaluate("document.activeElement.dataset.node") == f"run {source['run_id']}"
    page.set_viewport_size(view)
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=source["name"], exact=True).wait_for()
    page.go_back()
    page.get_by_text("As a table").click()
    row = page.get_by_role("region", name="Lineage as a table").locator("tr", has_text=source["name"]).first
    row.wait_for()
    site.picture(page, f"lineage-{size}")
    site.quiet(page)


def circles(site):
    hostile = "<img src=x onerror=\"document.title='broken'\">"
    model, run = site.data.versioned
    ids = [run["run_id"], "f" * 32]

    def answer(route):
        one = route.request.url.rsplit("/", 1)[1]
        other = ids[1 - ids.index(one)]
        route.fulfill(json={**run, "run_id": one, "name": hostile, "parent_run_id": other, "tags": {"fieldbook.reproduces": one}, "datasets": [{**data, "name": hostile} for data in run["datasets"]]})

    for size in ["wide", "narrow"]:
        page = site.open(place("models", model["name"]), size, prepare=lambda page: [page.route(f"**/page/api/runs/{one}", answer) for one in ids])
        page.locator(f".lineage [data-node='run {ids[1]}']").wait_for()
        assert page.locator(".lineage img").count() == 0 and page.title() != "broken"
        site.quiet(page)
