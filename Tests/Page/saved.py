"""Views that the team saves in Runs."""

import json

from actions import sent
from support import place

HOSTILE = "<img src=x onerror=\"document.title='broken'\">"


def checks(site):
    yield "a view is saved, found by a second tab, opened, removed and back again", lambda: saves(site)
    yield "a view of the same name is written over only after asking", lambda: asks(site)
    yield "views of others are text, and lead nowhere else", lambda: hostile(site)


def named(site, name):
    return [one for one in site.get("views")["views"] if one["name"] == name]


def open_views(site, where):
    page = site.open(where)
    page.wait_for_selector("main .grid tbody tr[data-index] a")
    page.keyboard.press("w")
    page.locator("dialog[open] .view-list").wait_for()
    return page


def saves(site):
    name = "page test view"
    where = place("runs", columns="name,status", order="attributes.start_time ASC")
    page = open_views(site, where)
    page.get_by_label("Name of the view").fill(name)
    body = sent(page, "views", lambda: page.keyboard.press("Enter"))
    assert set(body) == {"name", "address"} and body["name"] == name and body["address"] == page.url.split("#")[1], body
    page.keyboard.press("Escape")
    page.locator("#views", has_text=name).wait_for()
    other = open_views(site, "#/runs")
    row = other.locator(".view-list li", has_text=name)
    row.wait_for()
    told = named(site, name)[0]
    assert told["author"] in row.inner_text() and row.locator("time").get_attribute("datetime") == told["time"]
    row.get_by_role("link").click()
    other.wait_for_function("words => location.hash === words", arg=f"#{body['address']}")
    assert [text.strip(" ↑↓") for text in other.locator(".grid th").all_inner_texts()][1:] == ["Name", "Status"]
    other.keyboard.press("w")
    assert sent(other, "views", lambda: other.get_by_role("button", name=f"Remove the view {name}").click()) == {"name": name, "address": None}
    assert not named(site, name)
    other.keyboard.press("Escape")
    sent(other, "views", lambda: other.locator(".toast").get_by_role("button", name="Undo").click())
    assert named(site, name)[0]["address"] == body["address"]
    site.post("views", {"name": name, "address": None})
    site.quiet(page)
    site.quiet(other)


def asks(site):
    name = "page test other"
    site.post("views", {"name": name, "address": "/runs?filter=metrics.x%20%3E%201"})
    page = open_views(site, place("runs", columns="name,user"))
    page.locator(".view-list li", has_text=name).wait_for()
    page.get_by_label("Name of the view").fill(name)
    page.keyboard.press("Enter")
    page.get_by_text("There is a view").wait_for()
    assert named(site, name)[0]["address"] == "/runs?filter=metrics.x%20%3E%201"
    sent(page, "views", lambda: page.get_by_role("button", name="Write over it").click())
    assert named(site, name)[0]["address"] == page.url.split("#")[1]
    page.keyboard.press("Escape")
    sent(page, "views", lambda: page.locator(".toast").get_by_role("button", name="Undo").click())
    assert named(site, name)[0]["address"] == "/runs?filter=metrics.x%20%3E%201"
    site.post("views", {"name": name, "address": None})
    site.quiet(page)


def hostile(site):
    bad = {"views": [{"name": HOSTILE, "address": address, "author": HOSTILE, "device": HOSTILE, "time": "2024-01-01T00:00:00.000Z"}
                     for address in ["javascript:alert(1)", "//example.org/", "/runs?columns=constructor,__proto__,name&group=__proto__"]]}
    page = site.open("#/runs", prepare=lambda page: page.route("**/page/api/views", lambda route: route.fulfill(status=200, content_type="application/json", body=json.dumps(bad))))
    page.wait_for_selector("main .grid tbody tr[data-index] a")
    page.keyboard.press("w")
    links = page.locator(".view-list a")
    links.nth(2).wait_for()
    assert links.evaluate_all("all => all.every(one => one.href.startsWith(location.origin + '/#'))")
    assert HOSTILE in links.first.inner_text() and page.locator("dialog img").count() == 0
    links.nth(2).click()
    page.wait_for_selector("main .grid tbody tr[data-index] a")
    site.settle(page)
    assert page.title() != "broken"
    site.quiet(page)
