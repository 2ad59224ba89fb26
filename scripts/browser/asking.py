"""A server's answer to a question, both as JSON."""

import json
import urllib.request


class Unready(Exception):
    """A server does not give what was laid out for it, in words."""


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    # Fieldbook's page says who asks, against questions that other pages smuggle in.
    heads = {"Content-Type": "application/json", "X-Fieldbook": "page"}
    with urllib.request.urlopen(urllib.request.Request(url, data, heads), timeout=300) as answer:
        return json.load(answer)
