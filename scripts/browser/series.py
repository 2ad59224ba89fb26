"""The series that each store gets, as `fieldbook-bench lay` has them: slow waves, and in the first one a spike of one point."""

import math

KEY = "loss"
START = 1_700_000_000_000  # milliseconds; each step takes one
SPIKE = 100.0
SPIKE_AT = 543_210
LIVE = 1  # the one that is logged to while somebody looks


def name(index):
    return f"long-{index + 1}"


def value(step, index=0):
    return SPIKE if index == 0 and step == SPIKE_AT else math.sin(step / 50_000 + index / 10)
