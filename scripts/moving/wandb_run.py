"""Records two runs with W&B offline, below the working folder; the second is killed in its middle."""

import math
import os
import shutil
import signal

import wandb

os.environ["WANDB_MODE"] = "offline"


def settings():
    return wandb.Settings(
        x_disable_meta=True, x_disable_stats=True, x_disable_machine_info=True, console="off",
        disable_code=True, disable_git=True, host="laptop", silent=True)


def first():
    run = wandb.init(
        project="churn", name="first", notes="about it", tags=["base", "good"], group="g",
        job_type="train", settings=settings(),
        config={"lr": 0.1, "layers": [1, 2], "nested": {"a": "b"}, "on": True, "none": None})
    for step in range(5):
        run.log({"loss": 1 / (step + 1), "val": {"acc": step / 10}})
    run.log({"odd": math.nan, "wide": -math.inf, "word": "last", "flag": True})
    with open("kept.txt", "w") as out:
        out.write("hello")
    run.save("kept.txt")
    run.summary["best"] = 0.9
    run.config.update({"late": 7})
    run.finish(exit_code=1)


def second():
    run = wandb.init(project="churn", name="second", settings=settings())
    for step in range(150):
        run.log({"loss": step, "text": "x" * 200})
    os.kill(os.getpid(), signal.SIGKILL)


first()
if os.fork() == 0:
    second()
os.wait()
shutil.rmtree("wandb/latest-run", ignore_errors=True)
