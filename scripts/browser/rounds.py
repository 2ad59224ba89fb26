"""Samples of several stores in turns."""

import statistics
import time

from chromium import PATIENCE, scroll_to_end, visit, walk

REST = 4_000  # milliseconds in which a page loads what nobody has asked for yet
LATE = {"text": f"over {PATIENCE} s"}


def in_turns(stores, rounds, sample):
    """What `sample(store)` saw, by the store's key, a list each; None for one that was too late once, which is asked no more.

    A first one of each is not counted: what servers keep in memory is there then."""
    seen = {store.key: [] for store in stores}
    for number in range(rounds + 1):
        for store in stores:
            own = seen[store.key]
            if own is None:
                continue
            one = sample(store)
            if one is None:
                seen[store.key] = None
                # Its server may be at work on it still, and the others' turn comes next.
                time.sleep(PATIENCE)
            elif number > 0:
                own.append(one)
    return seen


def drawn(browser, place, look, wanted=1):
    """A sample that opens `place(store)` and says what was drawn and when."""
    def sample(store):
        with visit(browser, place(store), f"{store.look} {look}", wanted) as (_, seen):
            return seen
    return sample


def walked(browser, start, place, look):
    """A sample that goes from the list of runs, opened at `start(store)`, to the view at `place(store)`."""
    def sample(store):
        with visit(browser, start(store), f"{store.look} rows") as (page, seen):
            if seen is None:
                return None
            page.wait_for_timeout(REST)
            return walk(page, place(store), f"{store.look} {look}")
    return sample


def ended(browser, start):
    """A sample that goes from the first rows of the list, opened at `start(store)`, to its last."""
    def sample(store):
        with visit(browser, start(store), f"{store.look} rows") as (page, seen):
            if seen is None:
                return None
            page.wait_for_timeout(REST)
            return scroll_to_end(page, ".grid-frame", f"{store.look} last row")
    return sample


def median(samples, key):
    """A cell of a table."""
    return LATE if samples is None else {"value": statistics.median(one[key] for one in samples)}


def cells(seen, make):
    return {key: LATE if samples is None else make(samples[-1]) for key, samples in seen.items()}
