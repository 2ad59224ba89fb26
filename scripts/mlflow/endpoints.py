#!/usr/bin/env python3
"""Prints method and path of all that MLflow's own server answers, one a line, as its routers have them.

    $(scripts/python-env apart mlflow-server) scripts/mlflow/endpoints.py > Fixtures/mlflow/endpoints.txt

What is served below `/api/` and `/ajax-api/` alike is printed once."""

import re

import mlflow
from mlflow.server import app
from mlflow.server.fastapi_app import create_fastapi_app


def flask_pairs():
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield method, path


def fastapi_pairs():
    for path, methods in create_fastapi_app().openapi()["paths"].items():
        for method in methods:
            yield method.upper(), re.sub(r"{(\w+):path}", r"{\1}", path)


def main():
    pairs = {pair for pair in (*flask_pairs(), *fastapi_pairs()) if "static" not in pair[1]}
    twice = {(method, path) for method, path in pairs if (method, path.replace("/ajax-api/", "/api/", 1)) in pairs
             and path.startswith("/ajax-api/")}
    print(f"# MLflow {mlflow.__version__}: method and path")
    for method, path in sorted(pairs - twice, key=lambda pair: (pair[1], pair[0])):
        print(method, path)


main()
