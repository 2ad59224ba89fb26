"""Trains in four threads at once, each with a run of its own, by MLflow's client, which asks again by itself when a server is
away. Each run's steps and their number are noted when the client has them behind it.

Usage: persistent.py NOTES STEPS"""

import json
import sys
import threading

import mlflow

notes, steps = sys.argv[1], int(sys.argv[2])
client = mlflow.MlflowClient()
lock = threading.Lock()
done = {}
failed = []


def note():
    with lock, open(notes, "w") as file:
        json.dump(done, file)


def train(number):
    try:
        run = client.create_run("0", run_name=f"thread-{number}").info.run_id
        client.log_param(run, "thread", number)
        for step in range(steps):
            client.log_metric(run, "loss", 1 / (1 + step), timestamp=1000 + step, step=step)
            if step % 10 == 9:
                done[run] = step + 1
                note()
        done[run] = steps
        client.set_terminated(run)
    except Exception as error:  # shown below
        failed.append(error)


threads = [threading.Thread(target=train, args=[number]) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
note()
if failed:
    raise failed[0]
