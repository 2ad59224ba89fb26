"""The rows: what is measured of which stores, as JSON that scripts/bench-page makes a table of.

A row is `{name, unit, target, cells}`, a cell `{value}` or `{text}` by the key of its store. A target that is a number is the most
that ours may take, a word what ours has to say."""

from live import Live
from rounds import cells, drawn, ended, in_turns, median, walked
from series import SPIKE

CHART_TARGET = 300
OVERLAY_TARGET = 1_000
MORE = 100


def row(name, found, unit="", target=None, target_text=""):
    return {"name": name, "unit": unit, "target": target, "target_text": target_text, "cells": found}


def medians(seen, key):
    return {store: median(samples, key) for store, samples in seen.items()}


def list_rows(browser, stores, rounds, runs):
    seen = in_turns(stores, rounds, drawn(browser, lambda store: store.rows_page(), "rows"))
    found = medians(seen, "at")
    found["tensorboard"] = {"text": "has no such list"}
    # Others give a list a hundred rows at a time, from its beginning.
    last = medians(in_turns(stores[:1], rounds, ended(browser, lambda store: store.rows_page())), "at")
    other = {store.key: {"text": "page by page"} for store in stores[1:]}
    return [
        row(f"first row of {runs:,} runs", found, "ms"),
        row("from there to its last", {**last, **other, "tensorboard": {"text": "has no such list"}}, "ms"),
    ]


def points_drawn(seen):
    """Ours are columns that stand for all points."""
    if seen["stands"] > seen["drawn"]:
        return {"text": f"all, as {seen['drawn']:,} columns of least, greatest and last"}
    return {"text": f"{seen['drawn']:,}"}


def has_spike(seen):
    return {"text": "yes" if seen["highest"] == SPIKE else "no"}


def chart_rows(browser, stores, rounds, points):
    sample = drawn(browser, lambda store: store.chart_page(0), "curves")
    seen = in_turns(stores, rounds, sample)
    lists = [store for store in stores if hasattr(store, "rows_page")]
    open_already = in_turns(lists, rounds, walked(browser, lambda store: store.rows_page(), lambda store: store.chart_page(0), "curves"))
    return [
        row(f"chart of {points:,} points", medians(seen, "at"), "ms", CHART_TARGET),
        row("the same, from the list of runs", {**medians(open_already, "at"), "tensorboard": {"text": "has no such list"}}, "ms", CHART_TARGET),
        row("points that it draws", cells(seen, points_drawn)),
        row("a spike of one point is drawn", cells(seen, has_spike), target="yes"),
    ]


def all_name(points):
    return f"chart of {points:,} points, `--samples_per_plugin scalars={points}`"


def all_rows(browser, store, rounds, points):
    """TensorBoard told to keep all points."""
    seen = in_turns([store], rounds, drawn(browser, lambda store: store.chart_page(0), "curves"))
    return [
        row(all_name(points), medians(seen, "at"), "ms"),
        row("points that it draws", cells(seen, points_drawn)),
        row("a spike of one point is drawn", cells(seen, has_spike)),
    ]


def all_missing(store, points, why):
    return [row(all_name(points), {store.key: {"text": str(why)}})]


def overlay_rows(browser, stores, rounds, series, points):
    seen = in_turns(stores, rounds, drawn(browser, lambda store: store.overlay_page(), "curves", series))
    return [
        row(f"{series} runs of {points:,} points in one chart", medians(seen, "at"), "ms", OVERLAY_TARGET),
        row("points that it draws of each", cells(seen, points_drawn)),
    ]


def live_rows(browser, stores, rounds, points):
    seen = in_turns(stores, rounds, Live(browser, points, MORE).sample)
    return [
        row(f"{MORE} new points of a chart that is open: fetched", medians(seen, "kilobytes"), "kB", target_text="only what is new"),
        row("and shown after", medians(seen, "seconds"), "s"),
    ]
