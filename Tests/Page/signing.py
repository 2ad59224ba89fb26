"""Signing in as on a hub, what a page offers that may change nothing, and the log of exchanges."""

import json

from support import place

HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
REFUSED = {"error": "this hub shows its page to whoever signs in", "hint": "fieldbook page REMOTE"}
VIEWER = {"device": "ana-laptop", "owner": "ana", "role": "writer", "until": "2030-01-01T00:00:00.000Z"}


def checks(site):
    yield "a page that wants one to sign in says how, and goes on to where one wanted to be", lambda: signs_in(site)
    yield "a link signs in at once, and its token leaves the address", lambda: by_link(site)
    yield "a link that is of no use is said, and another can be pasted", lambda: bad_link(site)
    yield "a session that ends leads to signing in, not to a server that does not answer", lambda: ends(site)
    yield "where nothing can be changed nothing is offered", lambda: read_only(site)
    yield "exchanges are listed, with what to do about errors", lambda: exchanges(site)
    yield "the log of exchanges is the server's", lambda: true_exchanges(site)
    if site.hub:
        yield "a real hub shows nothing before signing in, and everything after", lambda: hub(site)


class Door:
    """Stands before the server as a hub does: 401 until a token was shown."""

    def __init__(self, site, is_open=False):
        self.site, self.is_open, self.asked = site, is_open, []

    def stand(self, page):
        page.route("**/page/api/**", self.answer)
        page.route("**/page/events", lambda route: route.continue_() if self.is_open else route.fulfill(status=401, json=REFUSED))

    def answer(self, route):
        path = route.request.url.split("/page/api/")[1]
        if path == "sign-in":
            self.asked.append(json.loads(route.request.post_data))
            assert route.request.headers["x-fieldbook"] == "page"
            self.is_open = self.asked[-1] == {"token": "good"}
            return route.fulfill(status=200, json={}) if self.is_open else route.fulfill(status=401, json={"error": "this link was used", "hint": "make another: fieldbook page REMOTE"})
        if path == "sign-out":
            self.is_open = False
            return route.fulfill(status=200, json={})
        if not self.is_open:
            return route.fulfill(status=401, json=REFUSED)
        if path == "status":
            return route.fulfill(json={**self.site.get("status"), "viewer": VIEWER, "can_write": False, "why_not": f"a hub changes nothing {HOSTILE}"})
        return route.continue_()


def quiet(site, page):
    """A browser itself complains of each 401."""
    page.told["console"] = [words for words in page.told["console"] if "401" not in words]
    site.quiet(page)


def signs_in(site):
    door = Door(site)
    page = site.open("#/models", prepare=door.stand)
    page.get_by_role("heading", name="Sign in").wait_for()
    words = page.locator("main").inner_text()
    assert "fieldbook page REMOTE" in words and "fieldbook page --dir hub" in words
    assert not page.locator("#banner").is_visible(), "the server answers"
    site.picture(page, "sign-in")
    page.locator("#token").fill("https://hub:4600/#/sign-in/good")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Models").wait_for()
    assert door.asked == [{"token": "good"}] and page.url.endswith("#/models")
    assert "ana" in page.locator("#device").inner_text()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert not door.is_open and page.locator("#sign-out").is_hidden()
    quiet(site, page)


def by_link(site):
    door = Door(site)
    page = site.open("#/sign-in/good", prepare=door.stand)
    page.wait_for_selector("main .grid tbody tr[data-index] a")
    assert page.url.endswith("#/runs")
    page.go_back()
    assert "good" not in page.url
    quiet(site, page)


def bad_link(site):
    door = Door(site)
    page = site.open("#/sign-in/bad", prepare=door.stand)
    page.locator("main .failure", has_text="this link was used").wait_for()
    assert "bad" not in page.url and "make another" in page.locator("main .failure").inner_text()
    page.locator("#token").fill(" good ")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("main .grid tbody tr[data-index] a")
    quiet(site, page)


def ends(site):
    door = Door(site, is_open=True)
    page = site.open("#/sync", prepare=door.stand)
    page.get_by_role("heading", name="Sync", exact=True).wait_for()
    door.is_open = False
    page.evaluate("location.hash = '#/models'")
    page.get_by_role("heading", name="Sign in").wait_for()
    assert not page.locator("#banner").is_visible()
    quiet(site, page)


def read_only(site):
    conflict = site.data.conflict
    for where in [place("runs", site.data.runs[0]["run_id"]), place("conflicts", conflict["id"]), "#/runs"]:
        page = site.open(where, prepare=Door(site, is_open=True).stand)
        page.wait_for_selector("#read-only:not([hidden])")
        site.settle(page)
        if where == "#/runs":
            page.keyboard.press("w")
            page.locator("dialog[open]").wait_for()
        words = [text.strip().lower() for text in page.locator("main button, dialog button").all_inner_texts()]
        for word in ["rename", "delete", "add", "edit", "describe", "comment", "save", "remove", "decide"]:
            assert not any(text == word or text.startswith("take side") for text in words), (where, word, words)
        if where == "#/runs":
            page.keyboard.press("Escape")
            page.locator("#read-only").click()
            page.locator(".toast", has_text=HOSTILE).wait_for()
        quiet(site, page)


def exchanges(site):
    one = {"time": "2024-01-01T00:00:00.000Z", "remote": "origin", "peer": "hub", "direction": "out", "sent_ops": 3, "received_ops": 1, "sent_points": 1000, "received_points": 0, "conflicts": 2, "seconds": 0.25, "error": None}
    told = [one, {**one, "error": "connection refused"}, {**one, "remote": None, "peer": HOSTILE, "direction": "in", "error": HOSTILE}, *[one] * 197]
    document = {**site.get("sync"), "exchanges": told, "invites": [{"role": HOSTILE, "expires_at": "2030-01-01T00:00:00.000Z"}]}
    page = site.open("#/sync", prepare=lambda page: page.route("**/page/api/sync", lambda route: route.fulfill(json=document)))
    rows = page.locator(".exchanges tbody tr")
    rows.first.wait_for()
    assert rows.count() < 50, "the newest first, more when wanted"
    words = rows.first.inner_text()
    for part in ["origin", "3 changes", "1,000 points", "1 change", "2 new"]:
        assert part in words, words
    narrow = site.open("#/sync", size="narrow", prepare=lambda page: page.route("**/page/api/sync", lambda route: route.fulfill(json=document)))
    words_of_error = narrow.get_by_text("connection refused").first
    words_of_error.wait_for()
    box = words_of_error.bounding_box()
    assert box["x"] + box["width"] <= 390, f"what went wrong is beside the screen: {box}"
    assert "fieldbook sync origin" in rows.nth(1).inner_text(), "what to do"
    page.get_by_label("Only the 2 that failed").check()
    page.wait_for_function("() => document.querySelectorAll('.exchanges tbody tr').length === 2")
    assert HOSTILE in rows.nth(1).inner_text() and page.locator("main img").count() == 0
    page.get_by_label("Only the 2 that failed").uncheck()
    page.get_by_role("button", name="180 older").click()
    page.wait_for_function("() => document.querySelectorAll('.exchanges tbody tr').length === 200")
    page.get_by_role("heading", name="Open invites").wait_for()
    site.quiet(page)


def true_exchanges(site):
    told = site.get("sync")["exchanges"]
    assert told, "the replica of the tests has synced"
    page = site.open("#/sync")
    page.locator(".exchanges tbody tr").first.wait_for()
    shown = page.locator(".exchanges tbody tr").evaluate_all("all => all.map(row => [row.querySelector('time').dateTime, row.dataset.failed === '1'])")
    assert shown == [[one["time"], one["error"] is not None] for one in told[:len(shown)]], shown[:3]
    assert len(shown) == min(20, len(told))
    site.quiet(page)


def hub(site):
    """`--hub` is its address, `--hub-link` what `fieldbook page` printed just now."""
    page = site.open("#/models", base=site.hub)
    page.get_by_role("heading", name="Sign in").wait_for()
    page.locator("#token").fill(site.hub_link)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Models").wait_for()
    page.locator("#read-only").wait_for()
    page.goto(f"{site.hub}/#/sync")
    page.get_by_role("heading", name="Devices").wait_for()
    # Good for one time.
    other = site.open(site.hub_link[site.hub_link.index("#"):], base=site.hub)
    other.locator("main .failure").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    page.reload()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert not page.told["errors"] + page.told["outside"] + other.told["errors"], page.told
