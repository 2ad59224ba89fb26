// One metric of several runs in one chart.
import { Chart } from "./chart.js";
import { colors } from "./colors.js";
import { h, fill, own } from "./dom.js";
import { settings, settingsBar } from "./settings.js";

/** The curves of `key` of these runs, for a chart. */
export function curvesOf(runs, key) {
  const tints = colors(runs.map((run) => run.run_id));
  return runs.filter((run) => !Object.keys(run.metrics).length || own(run.metrics, key))
    .map((run) => ({ run: run.run_id, key, label: run.name, color: tints.get(run.run_id), start: Date.parse(run.start_time) }));
}

/** Fills `place`; `choose(key)` when another metric is wanted. */
export function overlay(place, { runs, key, metrics, choose }) {
  let query = {};
  const select = h("select", { "aria-label": "Metric of the curves", onchange: (event) => choose(event.target.value) }, metrics.map((one) => h("option", { value: one }, one)));
  select.value = key;
  const chart = new Chart({ title: key, curves: curvesOf(runs, key), settings: settings(query), isTall: true });
  const bar = settingsBar(query, (words) => {
    query = { ...query, ...words };
    chart.set(settings(query));
  });
  fill(place, h("div", { class: "tools" }, select, bar), chart.element);
  return chart;
}
