"""Makes Fixtures/imports/neptune with pyarrow: scripts/moving/neptune_tables.py FOLDER

As Neptune's exporter does: it needs Neptune itself, which is gone. Names, types and compression are those of its README, "Data layout on
disk" and "Parquet schema".
"""

import datetime
import decimal
import hashlib
import os
import sys

import pyarrow
from pyarrow import parquet

TIME = pyarrow.timestamp("ms", tz="UTC")
SCHEMA = pyarrow.schema([
    ("project_id", pyarrow.string()), ("run_id", pyarrow.string()),
    ("attribute_path", pyarrow.string()), ("attribute_type", pyarrow.string()),
    ("step", pyarrow.decimal128(18, 6)), ("timestamp", TIME),
    ("int_value", pyarrow.int64()), ("float_value", pyarrow.float64()),
    ("string_value", pyarrow.string()), ("bool_value", pyarrow.bool_()),
    ("datetime_value", TIME), ("string_set_value", pyarrow.list_(pyarrow.string())),
    ("file_value", pyarrow.struct([("path", pyarrow.string())])),
    ("histogram_value", pyarrow.struct([
        ("type", pyarrow.string()), ("edges", pyarrow.list_(pyarrow.float64())),
        ("values", pyarrow.list_(pyarrow.float64()))])),
])
PROJECT = "team/churn"


def safe(name):
    digest = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
    return "".join(c if c.isalnum() or c in "_-" else "_" for c in name) + "-" + digest


def at(second, milliseconds=0):
    return datetime.datetime(
        2024, 5, 1, 12, 0, second, milliseconds * 1000, tzinfo=datetime.timezone.utc)


def value(run, path, kind, **columns):
    return dict(project_id=PROJECT, run_id=run, attribute_path=path, attribute_type=kind, **columns)


def series(run, path, kind, step, **columns):
    return value(run, path, kind, step=decimal.Decimal(step), **columns)


def first(run):
    rows = [
        value(run, "sys/name", "string", string_value="first"),
        value(run, "sys/owner", "string", string_value="ana"),
        value(run, "sys/creation_time", "datetime", datetime_value=at(0, 123)),
        value(run, "sys/tags", "string_set", string_set_value=["good", "a, \"b\""]),
        value(run, "lr", "float", float_value=0.1),
        value(run, "epochs", "int", int_value=7),
        value(run, "big", "int", int_value=2**63 - 1),
        value(run, "shuffled", "bool", bool_value=True),
        value(run, "note", "string", string_value="a \"b\",\r\nc é\u2028"),
        value(run, "empty", "string", string_value=""),
        value(run, "words", "string_series"),
        value(run, "model", "file", file_value={"path": safe(PROJECT) + "/model/weights.bin"}),
        series(run, "h", "histogram_series", "1", timestamp=at(1), histogram_value={
            "type": "COUNTING", "edges": [0.0, 1.0], "values": [2.0]}),
    ]
    numbers = [1.0, float("nan"), float("inf"), float("-inf"), 5e-324] + [
        0.1 * step for step in range(5, 3000)]
    more = [
        series(run, "loss", "float_series", str(step) + ".500000", timestamp=at(1, step % 1000),
               float_value=number)
        for step, number in enumerate(numbers)]
    return rows, more


def write(folder, run, part, rows):
    place = os.path.join(folder, safe(PROJECT))
    os.makedirs(place, exist_ok=True)
    table = pyarrow.Table.from_pylist(rows, schema=SCHEMA)
    parquet.write_table(table, os.path.join(place, f"{safe(run)}_part_{part}.parquet"), compression="snappy")


def main():
    home = sys.argv[1]
    for part, rows in enumerate(first("R-1")):
        write(home + "/data", "R-1", part, rows)
    write(home + "/data", "R/2", 0, [
        series("R/2", "loss", "float_series", "3", timestamp=at(1), float_value=2.0)])
    place = os.path.join(home, "files", safe(PROJECT), "model")
    os.makedirs(place, exist_ok=True)
    with open(place + "/weights.bin", "wb") as file:
        file.write(b"\0\1\2")


main()
