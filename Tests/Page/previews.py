"""Files that a hostile peer put on a run are shown as what they are, and none of them does anything."""

import json

from hostile import inert
from support import place


def checks(site):
    yield "the hostile run has a file of each kind", lambda: all_kinds(site)
    for name, (path, look) in LOOKS.items():
        yield f"a hostile file is shown and does nothing: {name}", lambda p=path, l=look: shows(site, p, l)


def all_kinds(site):
    paths = {one["path"] for one in site.get(f"runs/{site.data.hostile_run['run_id']}")["artifacts"]}
    assert {path for path, _ in LOOKS.values()} <= paths, paths


def shows(site, path, look):
    run = site.data.hostile_run["run_id"]
    page = site.open(place("runs", run, tab="artifacts", path=path))
    page.locator(f".preview-body:not(:has-text('…'))").wait_for()
    address = page.url
    look(site, page)
    page.wait_for_timeout(250)
    inert(page)
    assert page.locator(".preview-body .failure").count() == 0
    assert page.url == address and page.title() != "broken"
    site.quiet(page)


def markup(site, page):
    element = page.locator(".preview iframe")
    assert element.get_attribute("sandbox") == "", "a frame that may do nothing"
    inside = element.element_handle().content_frame()
    assert inside.locator("#words").inner_text() == "words of the page"
    inside.locator("#send").click()  # a form, which leads nowhere
    page.wait_for_timeout(700)  # a refresh after none
    assert inside.locator("html[data-ran]").count() == 0, "its script ran"
    assert inside.locator("#words").inner_text() == "words of the page" and "example.org" not in inside.url
    # A browser says what it did not let the frame do.
    blocked = [words for words in page.told["console"] if any(part in words for part in ("Blocked", "Refused to execute", "Content Security Policy"))]
    assert blocked and blocked == page.told["console"], page.told["console"]
    page.told["console"] = []


def markdown(site, page):
    page.locator(".preview .markdown h3", has_text="Notes").wait_for()
    assert page.locator(".preview .markdown li strong").inner_text() == "one"
    assert page.locator(".preview .markdown a").evaluate_all("all => all.map(one => one.href)") == ["https://example.org/"]
    rows = page.locator(".preview .markdown table tr").evaluate_all("all => all.map(row => [...row.cells].map(one => one.textContent))")
    assert rows == [["name", "value"], ["<img src=x onerror=alert(1)>", "2"], ["a | b", ""]], rows
    assert page.locator(".preview .markdown td").nth(1).evaluate("one => getComputedStyle(one).textAlign") == "right"
    assert page.locator(".preview .markdown").locator("img, script").count() == 0
    assert "<script>alert(1)</script>" in page.locator(".preview .markdown").inner_text()


def table(site, page):
    assert page.locator(".preview th").all_inner_texts() == ["name", "value"]
    cells = page.locator(".preview tbody tr").evaluate_all("all => all.map(row => [...row.cells].map(one => one.textContent))")
    assert cells == [["<img src=x onerror=alert(1)>", "2"], ["a, b", "3"]], cells


def document(site, page):
    text = page.locator(".preview pre").text_content()
    assert json.loads(text) == {"a": [1, 2], "<script>alert(1)</script>": "<img src=x onerror=alert(1)>"}
    assert text.startswith('{\n  "a": [\n    1,'), "laid out"


def picture(width, height):
    def look(site, page):
        page.wait_for_function("() => document.querySelector('.preview img')?.complete")
        size = page.locator(".preview img").evaluate("one => [one.naturalWidth, one.naturalHeight]")
        assert size == [width, height], size
    return look


def sound(site, page):
    page.wait_for_function("() => document.querySelector('.preview audio')?.readyState >= 1")
    assert abs(page.locator(".preview audio").evaluate("one => one.duration") - 0.25) < 0.01


def text(site, page):
    assert page.locator(".preview pre").text_content() == "plain <script>alert(1)</script> words\n"


LOOKS = {
    "HTML": ("page.html", markup), "markdown": ("notes.md", markdown), "CSV": ("table.csv", table), "JSON": ("data.json", document),
    "PNG": ("picture.png", picture(2, 2)), "SVG": ("drawing.svg", picture(40, 30)), "WAV": ("tone.wav", sound), "text": ("words.txt", text),
}
