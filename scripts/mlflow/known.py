"""Differences that are meant, each a rule over (scenario, call, place, theirs, ours). The page
docs/mlflow-compatibility.md says why."""

KNOWN = []
