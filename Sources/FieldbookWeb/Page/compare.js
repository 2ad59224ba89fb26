// Several runs side by side: what differs, curves, parallel coordinates, scatter.
import { get, part, post } from "./api.js";
import { compareArtifacts } from "./compareartifacts.js";
import { compareConfig } from "./compareconfig.js";
import { compareCurves } from "./comparecurves.js";
import { colors } from "./colors.js";
import { differences } from "./differences.js";
import { h, fill, empty, paced, scroller } from "./dom.js";
import { nameOf, valueOf } from "./field.js";
import * as format from "./format.js";
import { failure } from "./notice.js";
import { parallel } from "./parallel.js";
import { complete, revisions } from "./revisions.js";
import * as route from "./route.js";
import { scatter } from "./scatter.js";

const TABS = [["table", "Differences"], ["curves", "Curves"], ["parallel", "Parallel coordinates"], ["scatter", "Scatter"], ["config", "Config and environment"], ["artifacts", "Artifacts"]];
const BESIDE = ["table", "config", "artifacts"]; // with a column or a choice for each run
const LIVE = ["curves", "parallel", "scatter"]; // parts that take runs as they go on
const PAIRS = ["config", "artifacts"];
const MANY = 500; // runs of a filter
const SIDE_BY_SIDE = 50;
const FEW = 12;
const AGAIN = 1_000; // milliseconds between two looks at what goes on

/** A number briefly, a text as it is. */
const told = (value) => (typeof value === "string" && value.trim() !== "" && Number.isNaN(Number(value)) ? value : format.brief(value));

export function show(main, place, context) {
  const view = new Compare(main, place.query, context);
  view.read();
  return { keys: view.keys(), update: (next) => view.update(next.query), changed: () => view.changed(), leave: () => view.leave() };
}

class Compare {
  constructor(main, query) {
    Object.assign(this, { main, query, runs: [], passage: 0, isLeft: false });
    this.again = paced(AGAIN, () => !this.isLeft && this.read(true));
    this.head = h("div", { class: "run-head" });
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Ways to compare" });
    this.body = h("div", { class: "tab-body", role: "tabpanel", id: "tab-body", "aria-labelledby": "tab-table" });
  }

  /** Ticked runs, or with `filter` or `all` as many as a page shows of a search. */
  get isSearch() { return !this.query.runs && (this.query.filter !== undefined || this.query.all); }
  /** Too many runs for a column each have only drawings. */
  get tabsOffered() { return TABS.filter(([name]) => (this.runs.length <= SIDE_BY_SIDE || !BESIDE.includes(name)) && (this.runs.length > 1 || !PAIRS.includes(name))); }

  get tab() {
    const offered = this.tabsOffered;
    return offered.some(([name]) => name === this.query.view) ? this.query.view : this.isSearch ? "parallel" : "table";
  }

  async read(isSame = false) {
    const mine = ++this.passage;
    const ids = (this.query.runs ?? "").split(",").filter(Boolean).slice(0, SIDE_BY_SIDE);
    if (!ids.length && !this.isSearch) {
      return fill(this.main, h("h1", null, "Compare"), empty("Tick some runs in the table, then press Compare; or see many at once:", null,
        h("p", null, h("a", { class: "button", href: "#/runs" }, "To the runs"), " ", h("a", { class: "button", href: route.address(["compare"], { all: "1" }) }, `The newest ${MANY} runs`))));
    }
    try {
      const before = this.isSearch ? this.runs : [];
      const runs = this.isSearch ? complete((await post("runs/search", { filter: this.query.filter ?? "", order_by: [], limit: MANY, page_token: null, experiment: this.query.experiment || null, deleted: false, have: revisions(before) })).runs, before)
        : await Promise.all(ids.map((id) => (isSame && this.isOver(id) ? this.runs.find((run) => run.run_id === id) : get(`runs/${part(id)}`))));
      if (mine !== this.passage) return null;
      const words = JSON.stringify(runs);
      if (isSame && this.tab !== "curves" && words === this.drawn) return null;
      this.drawn = words;
      this.runs = runs;
      this.tints = colors(runs.map((run) => run.run_id));
      if (isSame && LIVE.includes(this.tab) && this.part?.changed) return this.part.changed(runs);
      fill(this.main, this.head, this.tabs, this.body);
      this.draw();
    } catch (error) {
      if (mine === this.passage && error.status !== 0) fill(this.main, failure(error), h("p", null, h("a", { href: "#/runs" }, "To the runs")));
    }
    return null;
  }

  /** Of many runs only those that go on are read again. */
  isOver(id) { return this.runs.length > FEW && this.runs.some((run) => run.run_id === id && run.status !== "RUNNING"); }

  draw() {
    const { runs, tab, body } = this;
    const set = (words) => route.go(["compare"], { ...this.query, ...words }, { replace: true });
    const isMany = runs.length > 12;
    fill(this.head, h("h1", null, `${format.count(runs.length, "run")} compared`),
      !isMany && h("p", { class: "chips" }, runs.map((run) => h("span", { class: "chip" }, h("span", { class: "swatch", style: { background: this.tints.get(run.run_id) } }), h("a", { href: route.address(["runs", run.run_id]) }, run.name),
        !this.isSearch && h("button", { type: "button", "aria-label": `Leave out ${run.name}`, onclick: () => set({ runs: this.query.runs.split(",").filter((id) => id !== run.run_id).join(",") }) }, "×")))),
      this.isSearch && h("p", { class: "soft" }, this.query.filter || "the newest runs", runs.length === MANY && `, the first ${MANY}`));
    fill(this.tabs, this.tabsOffered.map(([name, title]) => h("a", { role: "tab", id: `tab-${name}`, "aria-selected": String(name === tab), "aria-controls": "tab-body", href: route.address(["compare"], { ...this.query, view: name }) }, title)));
    this.tabs.querySelector("[aria-selected=true]").scrollIntoView({ block: "nearest", inline: "nearest" });
    body.setAttribute("aria-labelledby", `tab-${tab}`);
    this.part?.leave?.();
    this.part = null;
    fill(body);
    const tools = { set, tints: this.tints, listRuns: (some, ids, tint) => this.list(some, ids, tint) };
    if (tab === "curves") this.part = compareCurves(body, runs, this.query, set);
    else if (tab === "parallel") this.part = parallel(body, runs, this.query, tools);
    else if (tab === "scatter") this.part = scatter(body, runs, this.query, tools);
    else if (tab === "config") this.part = compareConfig(body, runs, this.query, tools);
    else if (tab === "artifacts") this.part = compareArtifacts(body, runs, this.query, tools);
    else this.part = differences(body, runs, this.tints);
  }

  /** A few runs by name, with the values of these fields; `tint(run)` is the colour that it is drawn in. */
  list(runs, ids = [], tint = (run) => this.tints.get(run.run_id)) {
    const shown = runs.slice(0, 50);
    return scroller("Runs", h("table", { class: "plain" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Run"), ids.map((id) => h("th", { scope: "col", class: "num" }, nameOf(id))))),
      h("tbody", null, shown.map((run) => h("tr", null, h("th", { scope: "row" }, h("span", { class: "swatch", style: { background: tint(run) } }), h("a", { href: route.address(["runs", run.run_id]) }, run.name)),
        ids.map((id) => h("td", { class: "num" }, told(valueOf(run, id)))))))),
    h("p", { class: "tools" }, h("a", { class: "button", href: route.address(["compare"], { runs: shown.map((run) => run.run_id).join(",") }) }, "Compare these"), runs.length > shown.length && h("span", { class: "soft" }, `the first ${shown.length} of ${runs.length}`)));
  }

  update(query) {
    const before = this.query;
    const { tab } = this;
    this.query = query;
    const isOther = ["runs", "filter", "experiment", "all"].some((name) => before[name] !== query[name]);
    if (isOther || !this.runs.length) this.read();
    else if (tab !== this.tab) this.draw();
    else this.part?.update?.(query);
    return true;
  }

  changed() {
    // The first look is still under way, and will see it.
    if (!this.runs.length) return;
    // What is in snapshots and files of two runs is looked at as it was when it was opened.
    if (!PAIRS.includes(this.tab)) this.again();
  }

  keys() {
    return TABS.map(([name, title], i) => ({ keys: String(i + 1), does: title, deed: () => route.go(["compare"], { ...this.query, view: name }) }));
  }

  leave() {
    this.isLeft = true;
    this.passage += 1;
    this.part?.leave?.();
  }
}
