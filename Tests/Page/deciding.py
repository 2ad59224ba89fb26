"""Every way to decide a conflict on the page, seen by the command line, and taken back."""

import json

from actions import sent
from support import place


def checks(site):
    yield "sides that are assessments are told by their parts", lambda: assessments(site)
    if not site.line:
        return
    yield "the base is taken, and the command line shows it", lambda: decides(site, "run", "tags", lambda one: "Take the base", lambda one: {"base": True}, lambda one: one["base"])
    yield "edits that do not touch are merged, and the command line shows it", lambda: decides(site, "run", "merge", lambda one: "Merge", lambda one: {"merge": True}, lambda one: one["merge"]["text"])
    yield "a side is taken, and the command line shows it", lambda: decides(site, "run", "tags", lambda one: f"Take side {one['sides'][0]['side']}", lambda one: {"take": one["sides"][0]["side"]}, lambda one: one["sides"][0]["value"])
    yield "an alias that is held is decided, and the command line shows it", lambda: decides(site, "model", "aliases", lambda one: f"Take side {one['sides'][1]['side']}", lambda one: {"take": one["sides"][1]["side"]}, lambda one: one["sides"][1]["value"])
    yield "a value of one's own is written, and the command line shows it", lambda: writes(site, "tags", "an own word", "value")
    yield "a text of one's own is written, and the command line shows it", lambda: writes(site, "description", "an own text\nof two lines\n", "edit")


def conflict_of(site, kind, what):
    def fits(one):
        if one["entity"]["type"] != kind:
            return False
        return bool(one.get("merge") and one["merge"]["clean"]) if what == "merge" else one["field"].partition(".")[0] == what
    all = [site.get(f"conflicts/{one['id']}") for one in site.get("conflicts")["conflicts"]]
    return next(one for one in all if fits(one))


def same(one, other):
    return one["field"] == other["field"] and one["entity"]["id"] == other["entity"]["id"]


def is_open(site, conflict):
    """To the command line."""
    return any(same(one, conflict) for one in site.line.json("conflicts")["conflicts"])


def value(site, conflict):
    """Of the field, as the command line shows it."""
    family, _, key = conflict["field"].partition(".")
    if conflict["entity"]["type"] == "model":
        alias = site.line.json("models", "show", conflict["entity"]["name"])["aliases"][key]
        assert not alias["held"]
        return alias["version"]
    run = site.line.json("show", conflict["entity"]["id"])
    return run[family][key] if key else run[family]


def decides(site, kind, what, button, body, wanted):
    conflict = conflict_of(site, kind, what)
    page = site.open(place("conflicts", conflict["id"]))
    asked = sent(page, f"conflicts/{conflict['id']}/resolve", lambda: page.get_by_role("button", name=button(conflict)).click())
    assert asked == body(conflict), asked
    decided(site, page, conflict, wanted(conflict))


def writes(site, what, text, word):
    conflict = conflict_of(site, "run", what)
    page = site.open(place("conflicts", conflict["id"]))
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("The value").fill(text)
    asked = sent(page, f"conflicts/{conflict['id']}/resolve", lambda: page.get_by_role("button", name="Decide for this").click())
    assert asked == {word: text}, asked
    decided(site, page, conflict, text)


def decided(site, page, conflict, wanted):
    assert value(site, conflict) == wanted, (value(site, conflict), wanted)
    assert not is_open(site, conflict), "decided to the command line, too"
    sent(page, "undo", lambda: page.locator(".toast").get_by_role("button", name="Undo").click())
    page.get_by_text("Taken back").wait_for()
    page.get_by_role("button", name="Take side").first.wait_for()
    assert is_open(site, conflict), "open again"
    again = next(one for one in site.get("conflicts")["conflicts"] if same(one, conflict))
    assert again["base"] == conflict["base"] and again["id"] == conflict["id"], again
    assert again["sides"] == conflict["sides"], "who, when and what, as it was"
    site.quiet(page)


def assessments(site):
    """Two judges of one trace, as the server would tell it; their words are markup."""
    def said(value, source, why):
        return json.dumps({"name": "correct", "kind": "feedback", "value": value, "sourceType": source, "sourceID": "gpt", "created": 1, "updated": 1_700_000_000_000, "rationale": why, "metadata": {"k": "<b>v</b>"}})
    some = site.get(f"conflicts/{site.get('conflicts')['conflicts'][0]['id']}")
    sides = [{**some["sides"][0], "side": side, "value": value} for side, value in [("a", said("true", "LLM_JUDGE", "<img src=x onerror=alert(1)>")), ("b", said("false", "HUMAN", "no"))]]
    conflict = {**some, "kind": "value", "field": "assessments.x1", "field_words": "feedback correct", "base": None, "base_words": None, "shown": sides[1]["value"], "sides": sides, "merge": None,
                "choices": [{"key": "a", "answer": "take", "side": "a", "meaning": "take side a", "effect": "The feedback correct is this one."}]}

    def routed(page):
        page.route("**/page/api/conflicts", lambda route: route.fulfill(json={"conflicts": [conflict]}))
        page.route(f"**/page/api/conflicts/{some['id']}", lambda route: route.fulfill(json=conflict))
    page = site.open("#/conflicts", prepare=routed)
    page.get_by_text("true, by judge gpt: <img").wait_for()
    page.goto(f"{site.url}/{place('conflicts', some['id'])}")
    side = page.locator("section.side").first
    side.locator("dt", has_text="why").wait_for()
    assert side.locator("dd").all_inner_texts()[:4] == ["correct", "true", "judge gpt", "<img src=x onerror=alert(1)>"], side.locator("dd").all_inner_texts()
    assert page.locator(".shown-value").inner_text() == "side b: false, by gpt: no"
    assert page.locator("main img, main b:has-text('v')").count() == 0
    page.get_by_text("The feedback correct is this one.").wait_for()
    site.quiet(page)
