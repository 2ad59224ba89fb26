"""Two servers that are told the same, and what they answer compared field by field.

What each makes up by itself (ids, times, names) is given one name for both when it first comes."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request

# What a server makes up: named by where it is met first.
MADE = ("experiment_id", "run_id", "run_uuid", "model_id", "next_page_token")
# Where a server says when it did something. A time that was told stands there as it was told.
TIMES = re.compile(r"(_time|_timestamp|_time_ms|_timestamp_ms|^timestamp)$")


# An experiment of their server alone.
BASE = "the one before the first"


class Made:
    """What each server made up for the same thing."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def __repr__(self):
        return self.name


class Answer:
    def __init__(self, status, body, headers):
        self.status, self.body, self.headers = status, body, headers


def ask(base, method, path, fields, raw=None, headers=None):
    url = base + urllib.parse.quote(path, safe="/?&=%:+,;@#")
    data = None
    if raw is not None:
        data = raw
    elif method in ("GET", "HEAD"):
        if fields:
            url += "?" + urllib.parse.urlencode(fields, doseq=True)
    else:
        data = json.dumps(fields).encode()
    if headers is None:
        headers = {} if data is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    if data is not None and "Content-Type" not in headers:
        # Else urllib calls it a form.
        request.add_unredirected_header("Content-type", "")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, text, headers = answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        status, text, headers = error.code, error.read(), error.headers
    except urllib.error.URLError as error:
        # It hung up before it had heard everything.
        status, text, headers = 0, str(error.reason).encode(), {}
    try:
        return Answer(status, json.loads(text), headers)
    except ValueError:
        return Answer(status, text.decode("utf-8", "replace"), headers)


class Twins:
    """Tells two servers the same. `differences` says where they did not answer alike."""

    def __init__(self, bases, known=(), meant=()):
        self.bases = bases
        self.made = []
        self.told = set()
        self.differences = []
        self.calls = 0
        # Rules that excuse a line, and those that excuse a whole answer.
        self.known, self.meant = known, meant
        self.scenario = ""

    # What is asked

    def __call__(self, method, path, /, raw=None, headers=None, shown=(), **fields):
        """`shown` names headers of the answer that are compared as well."""
        self.calls += 1
        self._note_told(fields)
        answers = []
        for side, base in enumerate(self.bases):
            own = self._resolved(fields, side)
            where = self._resolved(path, side)
            if not where.startswith("/"):
                where = "/api/2.0/mlflow/" + where
            answers.append(ask(base, method, where, own, raw, headers))
        told = raw[:200] if raw is not None else fields
        self._compare(f"{method} {path} {told}{headers or ''}", answers, shown)
        return [answer.body for answer in answers]

    def post(self, path, /, **fields):
        return self("POST", path, **fields)

    def get(self, path, /, **fields):
        return self("GET", path, **fields)

    def make(self, name, bodies, *keys):
        """Names what both made up, where both answered with it."""
        values = []
        for body in bodies:
            for key in keys:
                body = body.get(key, {}) if isinstance(body, dict) else {}
            values.append(body if isinstance(body, (str, int)) else f"no-{name}")
        for made in self.made:
            if made.values == values:
                return made
        taken = {made.name for made in self.made}
        number = 2
        while f"<{name}>" in taken:
            name = f"{name.split(' ')[0]} {number}"
            number += 1
        made = Made(f"<{name}>", values)
        self.made.append(made)
        return made

    def _resolved(self, value, side):
        if isinstance(value, Made):
            return value.values[side]
        if isinstance(value, dict):
            return {key: self._resolved(one, side) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._resolved(one, side) for one in value]
        if isinstance(value, str):
            for made in self.made:
                value = value.replace(made.name, str(made.values[side]))
        return value

    def _note_told(self, value):
        if isinstance(value, dict):
            for one in value.values():
                self._note_told(one)
        elif isinstance(value, list):
            for one in value:
                self._note_told(one)
        elif isinstance(value, int):
            self.told.add(value)

    # What is answered

    def _name(self, left, right, key=""):
        """Names what both made up and neither was known before."""
        if isinstance(left, dict) and isinstance(right, dict):
            for one in left.keys() & right.keys():
                self._name(left[one], right[one], one)
        elif isinstance(left, list) and isinstance(right, list):
            for one, other in zip(left, right):
                self._name(one, other, key)
        elif key in MADE and left and right and isinstance(left, str) and isinstance(right, str):
            known = {str(made.values[side]) for made in self.made for side in (0, 1)}
            if left != right and left not in known and right not in known:
                self.make(f"{key} {len(self.made)}", [left, right])

    def _compare(self, what, answers, shown):
        self._name(answers[0].body, answers[1].body)
        plain = [
            {"status": answer.status, "body": self._plain(answer.body, side, ""),
             **{name: answer.headers.get(name) for name in shown}}
            for side, answer in enumerate(answers)
        ]
        if plain[0] == plain[1]:
            return
        lines = [(self.scenario, what, *one) for one in differing(*plain)]
        if any(rule(line) for rule in self.meant for line in lines):
            return
        lines = [line for line in lines if not any(rule(line) for rule in self.known)]
        # A few of one answer say enough.
        self.differences += lines[:4]

    def _plain(self, value, side, key):
        if isinstance(value, dict):
            return {name: self._plain(one, side, name) for name, one in value.items()}
        if isinstance(value, list):
            value = [one for one in value if not (isinstance(one, dict) and one.get("name") == BASE)]
            value = [self._plain(one, side, key) for one in value]
            if key in ("tags", "params", "metrics", "aliases", "assessments", "request_metadata", "dataset_inputs", "dataset_summaries"):
                # Lists that say no order.
                value.sort(key=lambda one: json.dumps(one, sort_keys=True))
            return value
        if isinstance(value, (int, float)) and TIMES.search(key) and value not in self.told:
            return "<time>" if value else value
        if isinstance(value, str):
            for made in self.made:
                value = value.replace(str(made.values[side]), made.name)
        return value


def differing(left, right, place=""):
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(set(left) | set(right)):
            yield from differing(
                left.get(key, "<absent>"), right.get(key, "<absent>"), f"{place}.{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right)):
            yield from differing(one, other, f"{place}[{index}]")
    elif left != right:
        yield place.lstrip("."), left, right
