// The runs: what is searched, the table, its groups, and what is ticked. The address holds all of it.
import { get } from "./api.js";
import { h, fill, empty, own } from "./dom.js";
import * as format from "./format.js";
import { chooseGroups } from "./groupmenu.js";
import { GroupRows } from "./grouprows.js";
import { failure } from "./notice.js";
import { Pages } from "./pages.js";
import * as route from "./route.js";
import { RunColumns } from "./runcolumns.js";
import { RunCurves } from "./runcurves.js";
import { runKeys } from "./runkeys.js";
import { RunTools } from "./runtools.js";
import { SavedViews } from "./savedviews.js";
import { Sparklines } from "./sparkline.js";
import { Table } from "./table.js";
import { Ticked } from "./ticked.js";

const VALUED = 1000; // runs whose values are offered
const SEARCH = ["filter", "order", "experiment", "deleted"];

export function show(main, place, context) {
  const view = new Runs(main, place.query, context);
  view.begin();
  return {
    keys: runKeys(view),
    update: (next) => { view.take(next.query); return true; },
    changed: () => view.changed(),
    leave: () => view.leave(),
  };
}

class Runs {
  constructor(main, query, context) {
    const set = (words, replace) => this.set(words, replace);
    Object.assign(this, { main, query, names: { params: [], metrics: [], tags: [] }, known: new Map() }); // runs that were seen, by id
    this.pages = new Pages(() => this.loaded());
    this.grouped = new GroupRows({ told: () => this.loaded(), set });
    this.sparklines = new Sparklines(() => this.table.soon());
    this.ticked = new Ticked({ set, chart: () => this.query.chart || this.firstMetric() });
    this.curves = new RunCurves({ known: this.known, set });
    this.table = new Table({
      label: "Runs",
      rowAt: (index) => this.rowAt(index),
      need: (first, last) => !this.grouped.isOn && this.pages.need(first, last),
      sort: (column) => this.laid.sort(column),
      moved: (id, before) => this.laid.move(id, before),
      isChosen: (row) => !row.isGroup && this.ticked.has(row.run_id),
    });
    this.table.element.addEventListener("dblclick", (event) => {
      const row = this.rowAt(Number(event.target.closest("tr")?.dataset.index));
      if (row && !event.target.closest("a, button, input")) this.open(row);
    });
    this.laid = new RunColumns(this);
    this.views = new SavedViews(() => context.status?.can_write !== false);
    this.tools = new RunTools({ query, set, views: this.views.button, names: () => this.names, values: (family, name) => this.valuesOf(family, name), choose: () => this.laid.choose(), group: () => this.group() });
  }

  /** One row of the table; null while it is on its way. */
  rowAt(index) { return (this.grouped.isOn ? this.grouped.rows[index] : this.pages.rowAt(index)) ?? null; }

  get rows() { return this.grouped.isOn ? this.grouped.rows : this.pages.rows; }
  get order() { return this.laid.order; }

  async begin() {
    this.groupBar = h("div", { class: "choice-bar group-bar", role: "region", "aria-label": "Groups", hidden: true });
    this.trouble = h("div");
    fill(this.main, h("h1", { class: "unseen" }, "Runs"), this.tools.element, this.groupBar, this.ticked.element, this.curves.element, this.trouble, this.table.element);
    this.main.setAttribute("aria-busy", "true");
    // The runs first; what completes a filter and names columns comes beside them.
    this.take(this.query, true);
    await Promise.all([this.readNames(), this.tools.readExperiments(() => this.query.experiment), this.views.read()]);
    this.layColumns();
    this.drawChosen();
  }

  async readNames() {
    try {
      this.names = await get("columns");
    } catch { /* then without completion; the table says what is wrong */ }
  }

  /** Of the runs that were seen: what a filter is likely to ask for. */
  valuesOf(family, name) {
    const runs = [...this.known.values()].slice(-VALUED);
    if (family === "datasets") return runs.flatMap((run) => (run.datasets ?? []).map((one) => one[name])).filter((one) => typeof one === "string");
    if (family === "attributes") return runs.map((run) => run[{ run_name: "name", user_id: "user" }[name]]).filter((one) => typeof one === "string");
    return runs.map((run) => own(run[family] ?? {}, name)).filter((one) => typeof one === "string");
  }

  set(changes, replace = false) { route.go(["runs"], { ...this.query, ...changes }, { replace }); }

  /** Takes the URL's words for the view. */
  take(query, isFirst = false) {
    const before = this.query;
    const wasGrouped = this.grouped.isOn;
    this.query = query;
    this.tools.take(query);
    this.views.take();
    this.ticked.take(query);
    this.grouped.take(query, this.order);
    const isOther = isFirst || SEARCH.some((name) => (before[name] ?? "") !== (query[name] ?? ""));
    if (isOther || wasGrouped !== this.grouped.isOn) this.search();
    this.layColumns();
    this.drawGroups();
    this.drawChosen();
  }

  search() {
    const search = {
      filter: this.query.filter ?? "", order_by: this.query.order ? [this.query.order] : [],
      experiment: this.query.experiment || null, deleted: Boolean(this.query.deleted),
    };
    this.main.setAttribute("aria-busy", "true");
    this.table.element.scrollTop = 0;
    this.pages.reset(search);
    if (this.grouped.isOn) this.grouped.search(search);
    else {
      this.grouped.leave();
      this.pages.need(0, 1);
    }
  }

  loaded() {
    const { isOn, all } = this.grouped;
    const { error, total } = isOn ? all : this.pages;
    if (!isOn || all.isDone) this.main.removeAttribute("aria-busy");
    const isFilter = error?.status === 400;
    this.tools.filter.say(isFilter ? error : null);
    fill(this.trouble, error && !isFilter && error.status !== 0 && failure(error));
    // What was there stays readable while the filter is being written.
    this.table.element.classList.toggle("stale", !isOn && this.pages.isOld);
    const runs = isOn ? all.runs : this.pages.rows;
    for (const run of runs) this.known.set(run.run_id, run);
    fill(this.tools.tally, isFilter ? "the filter does not read" : format.count(total, "run"));
    this.sayEmpty(!error && total === 0);
    if (this.laid.learn(runs) || this.query.differs) this.layColumns();
    this.drawGroups();
    this.drawChosen();
  }

  sayEmpty(isEmpty) {
    this.nothing?.remove();
    this.table.element.hidden = isEmpty;
    if (!isEmpty) return;
    const isNarrow = this.query.filter || this.query.experiment || this.query.deleted;
    this.nothing = isNarrow
      ? empty(this.query.deleted ? "No deleted run here." : "No run matches.", null, h("button", { type: "button", onclick: () => this.set({ filter: "", experiment: "", deleted: "" }) }, "Show all runs"))
      : empty("No runs yet. Record the first one:", "fieldbook run -- COMMAND");
    this.main.append(this.nothing);
  }

  layColumns() { this.table.setColumns(this.laid.columns()); }

  drawGroups() {
    const { isOn, leaves } = this.grouped;
    this.groupBar.hidden = !isOn;
    this.grouped.draw(isOn && this.query.chart ? leaves.slice(0, RunCurves.MOST_GROUPS) : null);
    if (isOn) {
      fill(this.groupBar, this.grouped.bar(() => this.group()),
        h("button", { type: "button", class: "small", "aria-pressed": String(Boolean(this.query.chart)), onclick: () => this.set({ chart: this.query.chart ? "" : this.firstMetric() }) }, "Mean curves"));
    }
    this.table.setCount(isOn ? this.grouped.rows.length : this.pages.total);
  }

  drawChosen() {
    const { isOn, all, leaves } = this.grouped;
    this.ticked.draw();
    this.table.soon();
    this.curves.take({
      ids: this.ticked.ids, groups: isOn && all.isDone ? leaves : null, key: isOn && !all.isDone ? "" : this.query.chart, metrics: this.names.metrics, query: this.query,
    });
  }

  group() { chooseGroups({ names: this.names, chosen: this.grouped.ids, changed: (ids) => this.set({ group: route.joined(ids), open: "" }, true) }); }

  /** A run's page, or a group's rows. */
  open(row) {
    if (row.isGroup) this.grouped.turn(row.id);
    else route.go(["runs", row.run_id]);
  }

  firstMetric() {
    const runs = [...this.ticked.ids.map((id) => this.known.get(id)).filter(Boolean), ...(this.grouped.isOn ? this.grouped.all.runs.slice(0, 50) : [])];
    const own = runs.flatMap((run) => Object.keys(run.metrics)).filter((key) => !key.startsWith("system/"));
    return own[0] ?? this.names.metrics[0] ?? "";
  }

  changed() {
    this.sparklines.forget(this.rows.filter((row) => !row.isGroup));
    this.curves.changed();
    this.views.read();
    if (this.grouped.isOn) this.grouped.all.changed();
    else this.pages.refresh();
    this.table.soon();
  }

  leave() {
    this.main.removeAttribute("aria-busy");
    this.pages.reset(null);
    this.grouped.leave();
    this.table.leave();
    this.tools.leave();
    this.curves.leave();
  }
}
