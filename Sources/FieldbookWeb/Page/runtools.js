// What stands above the table of runs: experiment, filter, and how the table is laid.
import { get } from "./api.js";
import { h, fill } from "./dom.js";
import { filterBox } from "./filter.js";
import * as route from "./route.js";

export class RunTools {
  /** `set(words, replace)` changes the address; `names()` are the names that runs have, `values(family, name)` what they have there; `choose`, `group` open their dialogs. */
  constructor({ query, set, names, values, choose, group, views }) {
    this.set = set;
    this.filter = filterBox({ value: query.filter ?? "", columns: names, values, applied: (text, isFinal) => set({ filter: text }, !isFinal) });
    this.tally = h("span", { class: "soft", id: "tally", role: "status" });
    this.plotAll = h("a", { class: "button quiet", title: "Parallel coordinates and scatter of these runs" }, "Plot");
    this.experiments = h("select", { id: "experiment", "aria-label": "Experiment", onchange: (event) => set({ experiment: event.target.value }) }, h("option", { value: "" }, "All experiments"));
    this.differs = h("input", { type: "checkbox", onchange: (event) => set({ differs: event.target.checked ? "1" : "" }) });
    this.deleted = h("input", { type: "checkbox", onchange: (event) => set({ deleted: event.target.checked ? "1" : "" }) });
    this.element = h("div", { class: "tools" }, views, this.experiments, this.filter.element,
      h("button", { type: "button", id: "columns", onclick: choose }, "Columns"), h("button", { type: "button", id: "group", onclick: group }, "Group"),
      h("label", { class: "inline", title: "Hide columns in which the ticked (else the loaded) runs are all alike" }, this.differs, "Only what differs"),
      h("label", { class: "inline" }, this.deleted, "Deleted"), this.plotAll, this.tally);
  }

  /** `chosen()` is the one that the address names. */
  async readExperiments(chosen) {
    try {
      const { experiments } = await get("experiments");
      fill(this.experiments, h("option", { value: "" }, "All experiments"), experiments.filter((one) => one.lifecycle_stage !== "deleted")
        .map((one) => h("option", { value: one.name }, `${one.name} (${one.run_count.toLocaleString("en")})`)));
      this.experiments.value = chosen() ?? "";
    } catch { /* the table says what is wrong */ }
  }

  /** Shows the address's words. */
  take(query) {
    this.filter.set(query.filter ?? "");
    this.experiments.value = query.experiment ?? "";
    this.differs.checked = Boolean(query.differs);
    this.deleted.checked = Boolean(query.deleted);
    this.plotAll.href = route.address(["compare"], { all: "1", filter: query.filter, experiment: query.experiment });
  }

  leave() { this.filter.leave(); }
}
