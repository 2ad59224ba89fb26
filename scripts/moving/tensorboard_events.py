"""Writes event files with tensorboardX and with TensorBoard's own writer, below the folder given."""

import os
import sys

from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.scalar import summary_v2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboardX import SummaryWriter

root = sys.argv[1]
with SummaryWriter(root + "/first") as writer:
    for step in range(5):
        writer.add_scalar("loss", 1.0 / (step + 1), step, walltime=1_700_000_000 + step)
    writer.add_scalar("odd", float("nan"), 3, walltime=1_700_000_003.5)
    writer.add_text("note", "hello *world*", 0, walltime=1_700_000_001)
    writer.add_histogram("weights", [1.0, 2.0, 3.0], 1, walltime=1_700_000_002)
    writer.add_hparams(
        {"lr": 0.1, "optimizer": "adam", "norm": True}, {"acc": 0.5}, name="hp", global_step=1)
second = EventFileWriter(root + "/second")
for step in range(3):
    second.add_event(event_pb2.Event(
        wall_time=1_700_000_000.5 + step, step=step, summary=summary_v2.scalar_pb("acc", step / 2)))
second.close()
# Without the name of the machine.
for folder, _, names in os.walk(root):
    for name in names:
        parts = name.split(".")
        os.rename(os.path.join(folder, name), os.path.join(folder, ".".join(parts[:4]) + ".laptop"))
