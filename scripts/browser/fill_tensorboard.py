"""Event files by TensorBoard's own writer of records, without TensorFlow; run by the Python that has TensorBoard.

Usage: fill_tensorboard.py FOLDER SERIES POINTS         a folder for each of the series
       fill_tensorboard.py --more FOLDER FIRST POINTS   points from a step on, in one more file, as of a script that logs"""

import os
import shutil
import sys
import time

from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.scalar import summary_v2
from tensorboard.summary.writer.record_writer import RecordWriter

from series import KEY, LIVE, START, name, value


def write(folder, steps, index):
    os.makedirs(folder, exist_ok=True)
    writer = RecordWriter(open(os.path.join(folder, f"events.out.tfevents.{time.time_ns() // 1000}.bench"), "wb"))
    writer.write(event_pb2.Event(wall_time=START / 1000, file_version="brain.Event:2").SerializeToString())
    event = event_pb2.Event(summary=summary_v2.scalar_pb(KEY, 0.0))
    tensor = event.summary.value[0].tensor
    for step in steps:
        event.wall_time, event.step = (START + step) / 1000, step
        tensor.float_val[:] = [value(step, index)]
        writer.write(event.SerializeToString())
    writer.close()


def series(root, count, points):
    for index in range(min(count, 2)):
        write(os.path.join(root, name(index)), range(points), index)
    # It takes its time: from the third on they are copies of the second.
    for index in range(2, count):
        shutil.copytree(os.path.join(root, name(1)), os.path.join(root, name(index)))


if sys.argv[1] == "--more":
    first, points = map(int, sys.argv[3:])
    write(os.path.join(sys.argv[2], name(LIVE)), range(first, first + points), LIVE)
else:
    series(sys.argv[1], *map(int, sys.argv[2:]))
