"""What a page fetches for points that are logged while it shows their chart."""

import time

from chromium import PATIENCE, Traffic, visit
from series import LIVE, START, KEY, value


class Live:
    """Points go on where those before ended, in each store for itself."""

    def __init__(self, browser, points, more):
        self.browser, self.more = browser, more
        self.points = points
        self.next = {}

    def sample(self, store):
        first = self.next.get(store.key, self.points)
        self.next[store.key] = first + self.more
        steps = range(first, first + self.more)
        points = [{"key": KEY, "value": value(step, LIVE), "timestamp": START + step, "step": step} for step in steps]
        look = f"{store.look} curves"
        with visit(self.browser, store.chart_page(LIVE), look) as (page, seen):
            if seen is None:
                return None
            traffic = Traffic(page)
            # Whatever a page fetches after it has drawn is not what is asked for here.
            traffic.settle(page)
            before = traffic.total
            begin = time.perf_counter()
            store.log(points)
            store.press(page)
            while time.perf_counter() - begin < PATIENCE:
                now = page.evaluate("word => globalThis.bench.look(word, 1)", look)
                if now and now["last"] >= steps[-1]:
                    took = time.perf_counter() - begin
                    # Its last answers may be told of a little later than they are drawn.
                    page.wait_for_timeout(100)
                    return {"kilobytes": (traffic.total - before) / 1000, "seconds": took}
                page.wait_for_timeout(50)
        return None
