// The chart above the table of runs: the ticked ones, and the means of groups.
import { get, module, part, post } from "./api.js";
import { h, fill } from "./dom.js";
import * as format from "./format.js";
import { failure } from "./notice.js";

export class RunCurves {
  static MOST_GROUPS = 12; // as many as there are colours

  /** `known` are runs by id; `set(words)` changes the address. */
  constructor({ known, set }) {
    Object.assign(this, { known, set, state: "", chart: null });
    this.element = h("div", { class: "overlay", hidden: true });
  }

  /** Draws if something else is to be drawn than before. `groups` are null where runs are not grouped. */
  async take({ ids, groups, key, metrics, query }) {
    this.metrics = metrics;
    const drawn = key ? groups?.slice(0, RunCurves.MOST_GROUPS) ?? null : null;
    const isDrawn = Boolean(key) && (ids.length > 0 || (drawn?.length ?? 0) > 0);
    const state = isDrawn ? JSON.stringify([ids, key, drawn?.map((one) => [one.id, one.runs.length, one.runs[0].run_id])]) : "";
    if (state === this.state) return this.chart?.set(query, metrics);
    this.state = state;
    this.chart?.leave();
    this.chart = null;
    this.element.hidden = !isDrawn;
    fill(this.element);
    if (!isDrawn) return;
    const [brought] = await Promise.allSettled([module(import("./overlay.js")), this.fetch(ids)]);
    if (state !== this.state) return;
    if (!brought.value) {
      this.state = "";
      fill(this.element, failure(brought.reason));
      return;
    }
    const runs = ids.map((id) => this.known.get(id)).filter(Boolean);
    this.chart = brought.value.overlay(this.element, { runs, groups: drawn ?? [], key, metrics: this.metrics, query, choose: (chart) => this.set({ chart }), set: this.set });
    if (groups?.length > RunCurves.MOST_GROUPS) this.element.append(h("p", { class: "chart-note" }, `The first ${RunCurves.MOST_GROUPS} of ${format.count(groups.length, "group")}, in the order of the table.`));
  }

  /** Ticked runs may lie further down than what is loaded. */
  async fetch(ids) {
    const lacking = () => ids.filter((id) => !this.known.has(id) && /^[0-9a-f]{32}$/.test(id));
    if (lacking().length > 1) {
      const filter = `attributes.run_id IN (${lacking().map((id) => `'${id}'`).join(", ")})`;
      const search = { filter, order_by: [], limit: lacking().length, page_token: null, experiment: null, deleted: false };
      for (const run of (await post("runs/search", search).catch(() => ({ runs: [] }))).runs) this.known.set(run.run_id, run);
    }
    // Deleted ones are in no list.
    await Promise.all(lacking().map(async (id) => {
      try {
        this.known.set(id, await get(`runs/${part(id)}`));
      } catch { /* one that is gone is not drawn */ }
    }));
  }

  changed() { this.chart?.changed(); }

  leave() {
    this.state = null;
    this.chart?.leave();
  }
}
