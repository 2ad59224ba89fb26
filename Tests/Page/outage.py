"""A server that really ends while pages are open, and another that takes its place at the same address."""

from commandline import OwnServer
from support import place


def checks(site):
    if site.line:
        yield "a server that stops is said, and the next one is found, with what was changed meanwhile", lambda: stops(site)


def stops(site):
    run = site.data.odd_run["run_id"]
    with OwnServer(site.line) as server:
        site.bases.append(server.url)
        try:
            page = site.open(place("runs", run), base=server.url)
            other = site.open("#/runs", base=server.url)
            page.get_by_role("heading", name="Params").wait_for()
            other.wait_for_selector("main .grid tbody tr[data-index] a")
            assert not page.locator("#banner").is_visible()
            server.stop()
            for tab in (page, other):
                tab.wait_for_selector("#banner:not([hidden])")
                assert "does not answer" in tab.locator("#banner").inner_text()
            assert page.get_by_role("heading", name="Params").is_visible(), "what was read stays"
            site.line("tag", run, "meanwhile=changed")
            server.start()
            for tab in (page, other):
                tab.wait_for_selector("#banner", state="hidden")
            page.locator(".pairs dt", has_text="meanwhile").wait_for()
            assert "changed" in page.locator(".pairs dt", has_text="meanwhile").locator("xpath=following-sibling::dd[1]").inner_text()
            # And it goes on listening.
            site.line("untag", run, "meanwhile")
            page.locator(".pairs dt", has_text="meanwhile").wait_for(state="detached")
            for tab in (page, other):
                assert not tab.told["errors"] + tab.told["outside"] + tab.told["dialogs"], tab.told
        finally:
            site.close_pages()
            site.bases.remove(server.url)
