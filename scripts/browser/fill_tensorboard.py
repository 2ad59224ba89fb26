"""Event files as TensorBoard's own writer makes them, without TensorFlow; run by the Python that has TensorBoard.

Usage: fill_tensorboard.py FOLDER SERIES POINTS         a folder for each of the series
       fill_tensorboard.py --more FOLDER FIRST POINTS   points from a step on, in one more file, as of a script that logs"""

import os
import shutil
import sys

from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.scalar import summary_v2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from series import KEY, LIVE, START, name, value


def write(folder, steps, index):
    writer = EventFileWriter(folder, max_queue_size=10_000)
    for step in steps:
        writer.add_event(event_pb2.Event(
            wall_time=(START + step) / 1000, step=step, summary=summary_v2.scalar_pb(KEY, value(step, index))))
    writer.close()


def series(root, count, points):
    for index in range(min(count, 2)):
        write(os.path.join(root, name(index)), range(points), index)
    # A million takes it half a minute: from the third on they are copies of the second.
    for index in range(2, count):
        shutil.copytree(os.path.join(root, name(1)), os.path.join(root, name(index)))


if sys.argv[1] == "--more":
    first, points = map(int, sys.argv[3:])
    write(os.path.join(sys.argv[2], name(LIVE)), range(first, first + points), LIVE)
else:
    series(sys.argv[1], *map(int, sys.argv[2:]))
