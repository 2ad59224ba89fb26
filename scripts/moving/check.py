"""Moves a few hundred runs in from MLflow's own server, killed on the way: scripts/moving/check RUNS [KILLS]

Run by scripts/moving/check, which builds the program and MLflow's environment.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "mlflow"))
import serving  # noqa: E402


def fill(url, runs):
    from mlflow.entities import Metric, Param, RunTag
    from mlflow.tracking import MlflowClient

    client = MlflowClient(url)
    experiments = [client.create_experiment(f"e{number}") for number in range(5)]
    for number in range(runs):
        run = client.create_run(experiments[number % 5], run_name=f"r{number}").info.run_id
        client.log_batch(
            run,
            metrics=[Metric(f"m{key}", step * 0.5, 1_700_000_000_000 + step, step)
                     for key in range(3) for step in range(250)],
            params=[Param(f"p{key}", str(number * key)) for key in range(10)],
            tags=[RunTag(f"t{key}", "x" * key) for key in range(5)])
        if number % 20 == 0:
            client.delete_run(run)
        else:
            client.set_terminated(run)


def imported(program, workspace, source, *words):
    done = subprocess.run(
        [program, "--dir", workspace, "import", "mlflow", source, "--json", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"import of {source} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def kill_on_the_way(program, workspace, source, generator):
    started = subprocess.Popen(
        [program, "--dir", workspace, "import", "mlflow", source],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(generator.uniform(0.1, 3))
    started.send_signal(signal.SIGKILL)
    return started.wait() == -signal.SIGKILL


def expect(condition, words):
    if not condition:
        raise SystemExit("not so: " + words)
    print("ok  " + words, flush=True)


def main():
    program, runs = sys.argv[1], int(sys.argv[2])
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    generator = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
        env = dict(os.environ, GIT_PYTHON_REFRESH="quiet")
        with serving.mlflow_server(sys.executable, folder, env) as url:
            fill(url, runs)
            workspace = folder + "/w"
            subprocess.run([program, "init", workspace, "-q", "--workspace", "w"], check=True)
            killed = sum(
                kill_on_the_way(program, workspace, url, generator) for _ in range(kills))
            print(f"    killed {killed} times on the way")
            started = time.time()
            report = imported(program, workspace, url)
            print(f"    then whole in {time.time() - started:.1f} s")
        database = sqlite3.connect(folder + "/mlflow.db")
        for kind, table in [
            ("runs", "runs"), ("points", "metrics"), ("params", "params"),
            ("experiments", "experiments"),
        ]:
            (there,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
            here = report["kinds"][kind]["here"]
            expect(there == here, f"{here} {kind} here, {there} there")
        again = imported(program, workspace, folder + "/mlflow.db", "--artifacts", folder)
        expect(again["new_runs"] == 0, "the same store by its file brings no run again")
        expect(again["conflicts"] == 0 and again["changed_here"] == 0, "and changes nothing")
        other = folder + "/other"
        subprocess.run([program, "init", other, "-q", "--workspace", "o"], check=True)
        started = time.time()
        imported(program, other, folder + "/mlflow.db", "--artifacts", folder)
        print(f"    from the file alone in {time.time() - started:.1f} s")
        subprocess.run(
            [program, "--dir", other, "export", "mlflow", folder + "/out", "-q"], check=True,
            stdout=subprocess.DEVNULL)
        os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
        from mlflow.tracking import MlflowClient

        client = MlflowClient("file://" + folder + "/out")
        found = 0
        for experiment in client.search_experiments(view_type=3):
            for run in client.search_runs([experiment.experiment_id], run_view_type=3, max_results=5000):
                found += len(client.get_metric_history(run.info.run_id, "m1"))
        expect(found == runs * 250, f"MLflow reads {found} points of one metric out of the export")


main()
