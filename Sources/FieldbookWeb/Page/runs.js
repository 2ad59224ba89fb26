// The runs: filter, table, what is ticked.
import { get, part } from "./api.js";
import { h, fill, empty } from "./dom.js";
import * as columns from "./columns.js";
import { chooseColumns } from "./chooser.js";
import { color } from "./colors.js";
import { filterBox } from "./filter.js";
import * as format from "./format.js";
import { failure } from "./notice.js";
import { overlay } from "./overlay.js";
import { Pages } from "./pages.js";
import * as route from "./route.js";
import { Sparklines } from "./sparkline.js";
import { Table } from "./table.js";

const AT_MOST = 50; // ticked at once

export function show(main, place) {
  const view = new Runs(main, place.query);
  view.begin();
  return {
    keys: view.keys(),
    update: (next) => { view.take(next.query); return true; },
    changed: () => view.changed(),
    leave: () => view.leave(),
  };
}

class Runs {
  constructor(main, query) {
    this.main = main;
    this.query = query;
    this.names = { params: [], metrics: [], tags: [] };
    this.runs = new Map(); // all that were seen, by id
    this.pages = new Pages(() => this.loaded());
    this.sparklines = new Sparklines(() => this.table.soon());
    this.table = new Table({
      label: "Runs",
      rowAt: (index) => this.pages.rows[index] ?? null,
      need: (_, last) => this.pages.need(last),
      sort: (column) => this.sort(column),
      moved: (id, before) => this.move(id, before),
      isChosen: (run) => this.chosen.includes(run.run_id),
    });
    this.table.element.addEventListener("dblclick", (event) => {
      const row = this.pages.rows[event.target.closest("tr")?.dataset.index];
      if (row && !event.target.closest("a, button, input")) route.go(["runs", row.run_id]);
    });
    this.filter = filterBox({ value: query.filter ?? "", columns: () => this.names, applied: (text, isFinal) => this.set({ filter: text }, !isFinal) });
  }

  get chosen() { return route.list(this.query.chosen); }
  get shown() { return this.query.columns ? route.list(this.query.columns).filter(columns.isColumn) : this.usual ?? []; }
  get pinned() { return this.query.pinned === undefined ? ["name"] : route.list(this.query.pinned); }
  get order() {
    const match = /^(.*?)\s+(ASC|DESC)$/.exec(this.query.order ?? "");
    return match ? { field: match[1], direction: match[2] } : null;
  }

  async begin() {
    this.tally = h("span", { class: "soft", id: "tally", role: "status" });
    this.plotAll = h("a", { class: "button quiet", title: "Parallel coordinates and scatter of these runs" }, "Plot");
    this.experiments = h("select", { id: "experiment", "aria-label": "Experiment", onchange: (event) => this.set({ experiment: event.target.value }) }, h("option", { value: "" }, "All experiments"));
    this.differs = h("input", { type: "checkbox", onchange: (event) => this.set({ differs: event.target.checked ? "1" : "" }) });
    this.deleted = h("input", { type: "checkbox", onchange: (event) => this.set({ deleted: event.target.checked ? "1" : "" }) });
    this.bar = h("div", { class: "choice-bar", role: "region", "aria-label": "Ticked runs", hidden: true });
    this.plot = h("div", { class: "overlay", hidden: true });
    this.trouble = h("div");
    fill(this.main, h("h1", { class: "unseen" }, "Runs"),
      h("div", { class: "tools" }, this.experiments, this.filter.element,
        h("button", { type: "button", id: "columns", onclick: () => this.choose() }, "Columns"),
        h("label", { class: "inline", title: "Hide columns in which the ticked (else the loaded) runs are all alike" }, this.differs, "Only what differs"),
        h("label", { class: "inline" }, this.deleted, "Deleted"), this.plotAll, this.tally),
      this.bar, this.plot, this.trouble, this.table.element);
    await Promise.all([this.readNames(), this.readExperiments()]);
    this.take(this.query, true);
  }

  async readNames() {
    try {
      this.names = await get("columns");
    } catch { /* then without completion; the table says what is wrong */ }
  }

  async readExperiments() {
    try {
      const { experiments } = await get("experiments");
      const chosen = this.query.experiment ?? "";
      fill(this.experiments, h("option", { value: "" }, "All experiments"), experiments.filter((one) => one.lifecycle_stage !== "deleted")
        .map((one) => h("option", { value: one.name }, `${one.name} (${one.run_count.toLocaleString("en")})`)));
      this.experiments.value = chosen;
    } catch { /* as above */ }
  }

  set(changes, replace = false) {
    route.go(["runs"], { ...this.query, ...changes }, { replace });
  }

  /** Takes the URL's words for the view. */
  take(query, isFirst = false) {
    const before = this.query;
    this.query = query;
    this.filter.set(query.filter ?? "");
    this.experiments.value = query.experiment ?? "";
    this.differs.checked = Boolean(query.differs);
    this.plotAll.href = route.address(["compare"], { all: "1", filter: query.filter, experiment: query.experiment });
    this.deleted.checked = Boolean(query.deleted);
    const searches = ["filter", "order", "experiment", "deleted"];
    if (isFirst || searches.some((name) => (before[name] ?? "") !== (query[name] ?? ""))) this.search();
    this.layColumns();
    this.drawChosen();
  }

  search() {
    this.pages.reset({
      filter: this.query.filter ?? "", order_by: this.query.order ? [this.query.order] : [],
      experiment: this.query.experiment || null, deleted: Boolean(this.query.deleted),
    });
    this.main.setAttribute("aria-busy", "true");
    this.table.element.scrollTop = 0;
    this.pages.need(1);
  }

  loaded() {
    this.main.removeAttribute("aria-busy");
    const { error, rows, total } = this.pages;
    const isFilter = error?.status === 400;
    this.filter.say(isFilter ? error : null);
    fill(this.trouble, error && !isFilter && error.status !== 0 && failure(error));
    // What was there stays readable while the filter is being written.
    this.table.element.classList.toggle("stale", this.pages.isOld);
    for (const run of rows) this.runs.set(run.run_id, run);
    fill(this.tally, isFilter ? "the filter does not read" : format.count(total, "run"));
    this.sayEmpty(!error && total === 0);
    if (!this.usual && rows.length) {
      // Once: columns that come and go while one scrolls are of no use.
      this.usual = columns.usual(rows);
      this.layColumns();
    } else if (this.query.differs) this.layColumns();
    this.table.setCount(this.pages.total);
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

  layColumns() {
    const { order } = this;
    let ids = this.shown;
    if (this.query.differs) {
      const ticked = this.chosen.map((id) => this.runs.get(id)).filter(Boolean);
      const among = ticked.length > 1 ? ticked : this.pages.rows;
      ids = ids.filter((id) => id === "name" || columns.family(id) === "curve" || among.some((run) => columns.value(run, id) !== columns.value(among[0], id)));
    }
    const pinned = ids.filter((id) => this.pinned.includes(id));
    const rest = ids.filter((id) => !this.pinned.includes(id));
    const isNarrow = matchMedia("(max-width: 720px)").matches;
    const tick = { id: "tick", width: 34, title: "", isPinned: true, head: h("span", { class: "unseen" }, "Ticked"), cell: (run) => this.tick(run) };
    this.table.setColumns([tick, ...[...pinned, ...rest].map((id) => columns.column(id, {
      order, isPinned: !isNarrow && pinned.includes(id), sparklines: this.sparklines, nameCell: (run) => this.nameCell(run),
    }))]);
  }

  tick(run) {
    return h("input", {
      type: "checkbox", checked: this.chosen.includes(run.run_id), "aria-label": `Tick ${run.name}`, dataset: { key: `tick-${run.run_id}` },
      onchange: () => this.turn(run.run_id),
    });
  }

  nameCell(run) {
    return [
      h("span", { class: "swatch", style: { background: this.chosen.includes(run.run_id) ? color(run.run_id) : "transparent" } }),
      h("a", { href: route.address(["runs", run.run_id]), title: run.name, dataset: { key: `name-${run.run_id}` } }, run.name),
      run.conflicts.length > 0 && h("a", { class: "badge", href: route.address(["conflicts", run.conflicts[0]]), title: "in conflict" }, "!"),
    ];
  }

  turn(id) {
    const { chosen } = this;
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-AT_MOST);
    this.set({ chosen: route.joined(next), chart: next.length ? this.query.chart : "" }, true);
  }

  sort(column) {
    const current = this.order;
    const flipped = { ASC: "DESC", DESC: "ASC" };
    const direction = current?.field === column.field ? flipped[current.direction] : column.first;
    const isOver = current?.field === column.field && current.direction !== column.first;
    this.set({ order: isOver ? "" : `${column.field} ${direction}` });
  }

  move(id, before) {
    const ids = this.shown.filter((one) => one !== id);
    if (!this.shown.includes(id) || id === before) return;
    ids.splice(ids.indexOf(before), 0, id);
    this.set({ columns: route.joined(ids) });
  }

  choose() {
    chooseColumns({
      names: this.names, chosen: this.shown, pinned: this.pinned, usual: () => this.usual,
      changed: (chosen, pinned) => this.set({ columns: route.joined(chosen), pinned: route.joined(pinned) || "none" }, true),
    });
  }

  drawChosen() {
    const { chosen } = this;
    this.bar.hidden = chosen.length === 0;
    this.table.soon();
    const words = chosen.join(",");
    const isDrawn = Boolean(this.query.chart) && chosen.length > 0;
    fill(this.bar, h("strong", null, format.count(chosen.length, "run"), " ticked"),
      h("a", { class: "button main", href: route.address(["compare"], { runs: words }) }, "Compare"),
      h("button", { type: "button", "aria-pressed": String(isDrawn), onclick: () => this.set({ chart: this.query.chart ? "" : this.firstMetric() }) }, "Curves"),
      h("button", { type: "button", class: "quiet", onclick: () => this.set({ chosen: "", chart: "" }) }, "Untick all"));
    const state = isDrawn ? `${words} ${this.query.chart}` : "";
    if (state === this.plotted) return;
    this.plotted = state;
    this.chart?.leave();
    this.chart = null;
    this.plot.hidden = !isDrawn;
    fill(this.plot);
    if (isDrawn) this.drawCurves(state);
  }

  /** Ticked runs may lie further down than what is loaded. */
  async drawCurves(state) {
    const { chosen } = this;
    const far = chosen.filter((id) => !this.runs.has(id));
    await Promise.all(far.map(async (id) => {
      try {
        this.runs.set(id, await get(`runs/${part(id)}`));
      } catch { /* one that is gone is not drawn */ }
    }));
    if (state !== this.plotted) return;
    const runs = chosen.map((id) => this.runs.get(id)).filter(Boolean);
    this.chart = overlay(this.plot, { runs, key: this.query.chart, metrics: this.names.metrics, choose: (key) => this.set({ chart: key }) });
  }

  firstMetric() {
    const runs = this.chosen.map((id) => this.runs.get(id)).filter(Boolean);
    const own = runs.flatMap((run) => Object.keys(run.metrics)).filter((key) => !key.startsWith("system/"));
    return own[0] ?? this.names.metrics[0] ?? "";
  }

  async changed() {
    this.sparklines.forget(this.pages.rows);
    this.chart?.changed();
    await this.pages.refresh(this.table.seen()[1] + 20);
    this.table.soon();
  }

  keys() {
    const current = () => this.pages.rows[this.table.cursor];
    return [
      { keys: "/", does: "the filter", deed: () => this.filter.focus() },
      { keys: "j", does: "next run", deed: () => this.table.moveCursor(1) },
      { keys: "k", does: "run before", deed: () => this.table.moveCursor(-1) },
      { keys: "x", does: "tick or untick it", deed: () => current() && this.turn(current().run_id) },
      { keys: "Enter", does: "open it", deed: () => current() && route.go(["runs", current().run_id]) },
      { keys: "c", does: "compare the ticked ones", deed: () => this.chosen.length && route.go(["compare"], { runs: this.chosen.join(",") }) },
      { keys: "v", does: "choose columns", deed: () => this.choose() },
    ];
  }

  leave() {
    this.pages.reset(null);
    this.plotted = null;
    this.table.leave();
    this.filter.leave();
    this.chart?.leave();
  }
}
