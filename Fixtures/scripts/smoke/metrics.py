"""Points and their histories."""

import math
from concurrent.futures import ThreadPoolExecutor

import mlflow
from mlflow.entities import Metric
from smoke.checks import TAG, check, client


@check
def metrics_are_exact():
    run = client.create_run("0").info.run_id
    values = [0.1, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3, 1e-7, 123456789.0]
    for step, value in enumerate(values):
        client.log_metric(run, "v", value, timestamp=1000 + step, step=step)
    client.log_metric(run, "v", 7.0, timestamp=2000, step=-5)
    client.log_metric(run, "v", 8.0, timestamp=2001, step=2**62)
    history = {m.step: m.value for m in client.get_metric_history(run, "v")}
    assert [history[n] for n in range(len(values))] == values
    assert history[-5] == 7.0 and history[2**62] == 8.0
    assert client.get_run(run).data.metrics["v"] == 8.0
    # Two values at one step, and late timestamps.
    client.log_metric(run, "w", 1.0, timestamp=50, step=1)
    client.log_metric(run, "w", 2.0, timestamp=40, step=1)
    client.log_metric(run, "w", 3.0, timestamp=50, step=1)
    assert len(client.get_metric_history(run, "w")) == 3
    assert client.get_run(run).data.metrics["w"] == 3.0
    client.log_metric(run, "nan", float("nan"), timestamp=1, step=0)
    assert math.isnan(client.get_metric_history(run, "nan")[0].value)
    assert math.isnan(client.get_run(run).data.metrics["nan"])
    client.log_metric(run, "inf", float("inf"), timestamp=1, step=0)
    client.log_metric(run, "inf", float("-inf"), timestamp=1, step=1)
    assert [m.value > 1e300 for m in client.get_metric_history(run, "inf")] == [True, False]
    assert client.get_metric_history(run, "none") == []


@check
def long_histories_come_in_pages():
    run = client.create_run("0").info.run_id
    for start in range(0, 30000, 1000):
        client.log_batch(
            run, metrics=[Metric("m", float(n), n, n) for n in range(start, start + 1000)]
        )
    history = client.get_metric_history(run, "m")
    assert [m.step for m in history] == list(range(30000))
    page = client._tracking_client.store.get_metric_history(run, "m", max_results=10)
    assert len(page) == 10 and page.token


@check
def asynchronous_logging_arrives():
    mlflow.set_experiment(f"async-{TAG}")
    with mlflow.start_run() as run:
        futures = [mlflow.log_metric("m", n, step=n, synchronous=False) for n in range(200)]
        futures.append(mlflow.log_param("p", 1, synchronous=False))
        for future in futures:
            future.wait()
    mlflow.flush_async_logging()
    found = client.get_run(run.info.run_id)
    assert found.data.params == {"p": "1"} and found.data.metrics == {"m": 199.0}
    assert len(client.get_metric_history(run.info.run_id, "m")) == 200


@check
def many_threads_record_at_once():
    run = client.create_run("0").info.run_id

    def record(thread):
        for n in range(20):
            client.log_metric(run, f"m{thread}", n, step=n)
        client.set_tag(run, f"t{thread}", "x")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(record, range(8)))
    for thread in range(8):
        assert len(client.get_metric_history(run, f"m{thread}")) == 20
