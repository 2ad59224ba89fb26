// Ticked runs: their boxes and names in the table, and the bar with what can be done with them.
import { h, fill } from "./dom.js";
import { colors } from "./colors.js";
import * as format from "./format.js";
import * as route from "./route.js";

const AT_MOST = 50; // ticked at once

export class Ticked {
  /** `set(words, replace)` changes the address; `chart()` gives the metric to draw when one asks for curves. */
  constructor({ set, chart }) {
    Object.assign(this, { set, chart, query: {}, ids: [], tints: new Map() });
    this.element = h("div", { class: "choice-bar", role: "region", "aria-label": "Ticked runs", hidden: true });
  }

  take(query) {
    this.query = query;
    this.ids = route.list(query.chosen);
    this.tints = colors(this.ids); // of all at once, so that each has its own
  }

  has(id) { return this.ids.includes(id); }

  turn(id) {
    const next = this.has(id) ? this.ids.filter((one) => one !== id) : [...this.ids, id].slice(-AT_MOST);
    this.set({ chosen: route.joined(next), chart: next.length || this.query.group ? this.query.chart : "" }, true);
  }

  compare() { if (this.ids.length) route.go(["compare"], { runs: this.ids.join(",") }); }

  draw() {
    const { ids, query } = this;
    this.element.hidden = ids.length === 0;
    fill(this.element, h("strong", null, format.count(ids.length, "run"), " ticked"),
      h("a", { class: "button main", href: route.address(["compare"], { runs: ids.join(",") }) }, "Compare"),
      h("button", { type: "button", "aria-pressed": String(Boolean(query.chart)), onclick: () => this.set({ chart: query.chart ? "" : this.chart() }) }, "Curves"),
      h("button", { type: "button", class: "quiet", onclick: () => this.set({ chosen: "", chart: query.group ? query.chart : "" }) }, "Untick all"));
  }

  column() {
    return {
      id: "tick", width: 34, title: "", isPinned: true, head: h("span", { class: "unseen" }, "Ticked"), cell: (run) => h("input", {
        type: "checkbox", checked: this.has(run.run_id), "aria-label": `Tick ${run.name}`, dataset: { key: `tick-${run.run_id}` }, onchange: () => this.turn(run.run_id),
      }),
    };
  }

  nameCell(run) {
    return [
      h("span", { class: "swatch", style: { background: this.tints.get(run.run_id) ?? "transparent" } }),
      h("a", { href: route.address(["runs", run.run_id]), title: run.name, dataset: { key: `name-${run.run_id}` } }, run.name),
      run.conflicts.length > 0 && h("a", { class: "badge", href: route.address(["conflicts", run.conflicts[0]]), title: "in conflict" }, "!"),
    ];
  }
}
