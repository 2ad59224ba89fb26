"""What is not a page of its own, looked at by axe: dialogs, signing in, groups, and pages that may change nothing."""

from pages import accessible
from signing import Door, quiet
from support import place

ROW = "main .grid tbody tr[data-index] a"


def checks(site):
    for size, scheme in [("wide", "light"), ("narrow", "dark")]:
        for name, look in LOOKS.items():
            yield f"{name} may be used by everybody, {size} and {scheme}", lambda n=name, l=look, s=size, c=scheme: looked_at(site, n, l, s, c)


def looked_at(site, name, look, size, scheme):
    page = look(site, size, scheme)
    site.settle(page)
    site.picture(page, f"{name.replace(' ', '-')}-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    accessible(page)
    quiet(site, page)


def by_key(key, inside, where="#/runs"):
    def look(site, size, scheme):
        page = site.open(where, size, scheme)
        page.wait_for_selector(ROW)
        site.settle(page)
        page.keyboard.press(key)
        page.locator(f"dialog[open] {inside}").first.wait_for()
        return page
    return look


def of_run(button, field):
    def look(site, size, scheme):
        page = site.open(place("runs", site.data.odd_run["run_id"]), size, scheme)
        page.get_by_role("button", name=button).click()
        page.locator(f"dialog[open] {field}").wait_for()
        return page
    return look


def sign_in(site, size, scheme):
    page = site.open("#/runs", size, scheme, prepare=Door(site).stand)
    page.get_by_role("heading", name="Sign in").wait_for()
    return page


def refused(site, size, scheme):
    page = site.open("#/sign-in/bad", size, scheme, prepare=Door(site).stand)
    page.locator("main .failure", has_text="this link was used").wait_for()
    return page


def groups(site, size, scheme):
    page = site.open(place("runs", group=f"params.{site.data.param}", open="*", chart=site.data.metric), size, scheme)
    page.wait_for_selector("main .grid .fold")
    page.wait_for_selector(ROW)
    page.wait_for_function("() => document.querySelector('.overlay .chart')?.fieldbookCurves?.some(one => one.group && one.columns.length)")
    return page


def read_only(where, mark):
    def look(site, size, scheme):
        page = site.open(where(site), size, scheme, prepare=Door(site, is_open=True).stand)
        page.wait_for_selector("#read-only:not([hidden])")
        page.locator(mark).first.wait_for()
        return page
    return look


def conflict_editor(site, size, scheme):
    page = site.open(place("conflicts", site.data.conflict["id"]), size, scheme)
    page.get_by_role("button", name="Edit").click()
    page.locator(".editor form").wait_for()
    return page


LOOKS = {
    "signing in": sign_in, "a link that is refused": refused, "the list of keys": by_key("?", "kbd"), "the chooser of columns": by_key("v", ".column-list li"),
    "views": by_key("w", ".view-list"), "the chooser of groups": by_key("b", "input"), "groups": groups, "a tag's dialog": of_run("Add a tag", "#ask-key"),
    "a description's dialog": of_run("Edit the description", "#ask-value"), "a conflict's editor": conflict_editor,
    "a run that may not be changed": read_only(lambda site: place("runs", site.data.odd_run["run_id"]), "h2"),
    "a conflict that may not be decided": read_only(lambda site: place("conflicts", site.data.conflict["id"]), ".side"),
    "runs that may not be changed": read_only(lambda site: "#/runs", ROW),
}
