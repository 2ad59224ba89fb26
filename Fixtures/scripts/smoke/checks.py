"""What the checks share: a client, a name of this session, and the list of them."""

import uuid

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

TAG = uuid.uuid4().hex[:8]
client = MlflowClient()
checks = []


def check(function):
    checks.append(function)
    return function


def refused(code, text, call, *args, **named):
    """The server says no, with this code and a message that holds this text."""
    try:
        call(*args, **named)
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
        assert text in str(error), str(error)
        return
    raise AssertionError(f"not refused: {call}")
