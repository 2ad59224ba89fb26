"""A browser on the page, and the server's documents besides, to compare."""

import json
import os
import urllib.parse

SIZES = {"wide": (1280, 800), "narrow": (390, 844)}
WAIT = 20_000  # milliseconds until a check gives up; none asserts how long something took


class Site:
    """`line` asks the built program about the replica that the server serves; None where it is not known."""

    def __init__(self, browser, url, screenshots, hub=None, hub_link=None, line=None):
        self.browser, self.url, self.screenshots = browser, url, screenshots
        self.hub, self.hub_link, self.line = hub, hub_link, line
        self.bases = [one for one in (url, hub) if one]
        self.contexts = []
        self.api_context = browser.new_context()
        self.data = Data(self)

    def open(self, place="#/runs", size="wide", scheme="light", prepare=None, base=None):
        """A page in a context of its own, with what it complained about and asked for in `page.told`."""
        width, height = SIZES[size]
        context = self.browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, ignore_https_errors=base is not None)
        context.set_default_timeout(WAIT)
        self.contexts.append(context)
        page = context.new_page()
        page.told = {"console": [], "errors": [], "outside": [], "dialogs": []}
        page.on("console", lambda message: message.type == "error" and page.told["console"].append(message.text))
        page.on("pageerror", lambda error: page.told["errors"].append(str(error)))
        page.on("request", lambda request: self.is_outside(request.url) and page.told["outside"].append(request.url))
        # What the policy of contents blocks is told of, and never leaves.
        page.on("requestfailed", lambda request: request.url in page.told["outside"] and request.failure == "csp" and page.told["outside"].remove(request.url))
        page.on("dialog", lambda dialog: (page.told["dialogs"].append(dialog.message), dialog.dismiss()))
        if prepare:
            prepare(page)
        page.goto(f"{base or self.url}/{place}")
        page.wait_for_selector("main h1, main .failure, main .empty", state="attached")
        return page

    def is_outside(self, url):
        own = (f"{one}/" for one in self.bases)
        return not url.startswith((*own, "data:", "blob:", "about:"))

    def quiet(self, page):
        """Nothing was complained about, and nobody else was asked."""
        for kind, told in page.told.items():
            assert not told, f"{kind}: {told[:3]}"

    def settle(self, page):
        """Until nothing is on its way, the stream of events aside."""
        page.wait_for_function("() => !document.querySelector('[aria-busy]')")
        page.wait_for_timeout(400)

    def picture(self, page, name):
        if self.screenshots:
            os.makedirs(self.screenshots, exist_ok=True)
            page.screenshot(path=os.path.join(self.screenshots, f"{name}.png"))

    def close_pages(self):
        for context in self.contexts:
            context.close()
        self.contexts = []

    def get(self, path):
        return self.answer(self.api_context.request.get(f"{self.url}/page/api/{path}"))

    def post(self, path, body):
        return self.answer(self.api_context.request.post(
            f"{self.url}/page/api/{path}", data=json.dumps(body),
            headers={"Content-Type": "application/json", "X-Fieldbook": "page"}))

    def answer(self, response):
        assert response.ok, f"{response.status} of {response.url}: {response.text()[:300]}"
        return response.json()

    def search(self, **words):
        body = {"filter": "", "order_by": [], "limit": 200, "page_token": None, "experiment": None, "deleted": False}
        return self.post("runs/search", {**body, **words})


class Data:
    """What there is to look at, found once."""

    def __init__(self, site):
        self.site = site
        self.known = {}

    def once(self, name, find):
        if name not in self.known:
            self.known[name] = find()
            assert self.known[name], f"the replica of the tests has no {name}"
        return self.known[name]

    @property
    def runs(self):
        return self.once("newest runs", lambda: self.site.search()["runs"])

    def all_runs(self):
        """As they were when first asked for: a check takes back what it changes."""
        def read():
            found, token = [], None
            while True:
                page = self.site.search(page_token=token, limit=1000)
                found += page["runs"]
                token = page["next_page_token"]
                if not token:
                    return found
        return self.once("runs", read)

    @property
    def long_series(self):
        """(run, key) of a million points."""
        return self.once("series of a million points", lambda: next(
            ((run, key) for run in self.all_runs() for key, one in run["metrics"].items() if one["count"] >= 1_000_000), None))

    def run_with(self, what, wanted):
        """One of all runs that `wanted(run)` says yes to."""
        return self.once(what, lambda: next((run for run in self.all_runs() if wanted(run)), None))

    @property
    def code_run(self):
        """With a snapshot whose code differs from the commit, and whose data was named."""
        return self.run_with("run with a snapshot that differs from its commit", lambda run: run["source"]["snapshot"] and run["source"]["dirty"]
                             and run["datasets"] and self.site.get(f"runs/{run['run_id']}/code")["patch"])

    @property
    def other_code_run(self):
        """Another with a snapshot, whose environment is not the same."""
        mine = self.code_run
        return self.run_with("second run with a snapshot", lambda run: run["source"]["snapshot"] and run["name"] != mine["name"] and run["environment"] != mine["environment"])

    @property
    def other_config_run(self):
        """Another with a snapshot and a config."""
        mine = self.code_run
        return self.run_with("second run with a config", lambda run: run["environment"].get("config") and run["params"] != mine["params"])

    @property
    def family(self):
        """(parent, its children)."""
        def find():
            found = {}
            for run in self.all_runs():
                if run["parent_run_id"]:
                    found.setdefault(run["parent_run_id"], []).append(run)
            return next(((self.site.get(f"runs/{parent}"), some) for parent, some in found.items() if len(some) < 400), None)
        return self.once("run with children", find)

    @property
    def versioned(self):
        """(model, the run of one of its versions), a run that names data."""
        def find():
            for model in self.site.get("models")["models"]:
                for one in model["versions"]:
                    run = one["run_id"] and self.site.get(f"runs/{one['run_id']}")
                    if run and run["datasets"]:
                        return model, run
            return None
        return self.once("version of a model, from a run that names data", find)

    @property
    def hostile_run(self):
        return self.once("run whose name is markup", lambda: next((run for run in self.all_runs() if "<" in run["name"]), None))

    @property
    def odd_run(self):
        """With measurements of the machine, and values of a metric that are no numbers to draw."""
        return self.run_with("run with system metrics", lambda run: any(key.startswith("system/") for key in run["metrics"]))

    @property
    def measured(self):
        """Runs with the metric, the param and more than one point: what there is to draw."""
        return self.once("runs with metrics and params", lambda: [
            run for run in self.runs if self.param in run["params"] and sum(one["count"] > 1 for key, one in run["metrics"].items() if is_plain(key))][:8])

    @property
    def series(self):
        """A metric that each of the first four of these has more than one point of."""
        return self.once("metric that several runs have", lambda: next(
            (key for key in self.measured[0]["metrics"] if is_plain(key) and all(run["metrics"].get(key, {"count": 0})["count"] > 1 for run in self.measured[:4])), None))

    @property
    def hostile_tag(self):
        """The name of a tag whose value is markup."""
        return self.once("tag that is markup", lambda: next((key for key, value in self.hostile_run["tags"].items() if "<" in value), None))

    @property
    def conflict(self):
        """One that a side decides and that blocks nothing. As it is now: what is taken back is another conflict."""
        found = next((one for one in self.site.get("conflicts")["conflicts"] if one["kind"] == "value" and not one["blocking"]), None)
        assert found, "the replica of the tests has no conflict of a value"
        return found

    @property
    def metric(self):
        return self.once("metric", lambda: next((key for run in self.runs for key in run["metrics"] if is_plain(key)), None))

    @property
    def param(self):
        return self.once("param", lambda: next(
            (key for run in self.runs for key in run["params"] if is_plain(key) and len({one["params"].get(key) for one in self.runs}) > 2), None))


def is_plain(key):
    """Neither of the machine nor laid as a trap."""
    return key.isidentifier() and key not in ("__proto__", "constructor")


def place(*path, **query):
    words = urllib.parse.urlencode({key: value for key, value in query.items() if value})
    return "#/" + "/".join(urllib.parse.quote(part, safe="") for part in path) + (f"?{words}" if words else "")


def number(value):
    return float(value)
