"""A training script of nothing but logging. Says when its first metric was logged, and how many
points a second followed until all of them were handed over for good.

Usage: child.py LOGGER FOLDER SERIES STEPS STARTED"""

import json
import math
import sys
import time

from loggers import LOGGERS

name, folder, series, steps, started = sys.argv[1:]
series, steps, started = int(series), int(steps), float(started)


def values(step):
    noise = (step * 7919 % 97) / 970
    return {f"metric{key}": math.exp(-step / 300) + key + noise for key in range(series)}


logger = LOGGERS[name](folder)
logger.log(0, values(0))
first = time.time() - started
begin = time.perf_counter()
for step in range(1, steps):
    logger.log(step, values(step))
logger.end()
took = time.perf_counter() - begin
print(json.dumps({"first": first, "rate": series * (steps - 1) / took}))
