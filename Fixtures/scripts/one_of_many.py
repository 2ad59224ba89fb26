"""Train beside others: the same script, started many times at once, on one tracking server.

    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 python one_of_many.py 3 --steps 50
"""

import argparse
import os
import tempfile

import mlflow


def main():
    parser = argparse.ArgumentParser(description="Log a run among others.")
    parser.add_argument("number", type=int)
    parser.add_argument("--steps", type=int, default=50)
    options = parser.parse_args()

    mlflow.set_experiment("many")
    with mlflow.start_run(run_name=f"worker-{options.number}"):
        mlflow.log_params({"number": options.number, "steps": options.steps})
        mlflow.set_tag("worker", str(options.number))
        for step in range(options.steps):
            mlflow.log_metric("loss", options.number + 1 / (1 + step), step=step)
        mlflow.log_metrics({"a": options.number, "b": -options.number})
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "who.txt")
            with open(path, "w") as file:
                file.write(f"worker {options.number}\n")
            mlflow.log_artifact(path, "notes")
    print(f"worker {options.number} is done")


if __name__ == "__main__":
    main()
