// One metric of several runs, and of groups of runs, in one chart.
import { Chart } from "./chart.js";
import { colors, dashes } from "./colors.js";
import { h, fill, own } from "./dom.js";
import * as format from "./format.js";
import { settings, settingsBar } from "./settings.js";

const MOST_RUNS = 2000; // read for the means of one chart

/** The curves of `key` of these runs, for a chart. */
export function curvesOf(runs, key) {
  const tints = colors(runs.map((run) => run.run_id));
  return runs.filter((run) => !Object.keys(run.metrics).length || own(run.metrics, key))
    .map((run) => ({ run: run.run_id, key, label: run.name, color: tints.get(run.run_id), dashes: dashes(run.run_id), start: startOf(run) }));
}

const startOf = (run) => Date.parse(run.start_time) || 0;

/** The means of `key` of these groups (grouping.js). Of very many runs the first of each group, which is said. */
export function curvesOfGroups(groups, key, band) {
  const tints = colors(groups.map((group) => group.id));
  const most = Math.max(1, Math.floor(MOST_RUNS / Math.max(1, groups.length)));
  return groups.map((group) => {
    const all = group.runs.filter((run) => own(run.metrics, key));
    const members = all.slice(0, most).map((run) => ({ run: run.run_id, start: startOf(run), count: run.metrics[key].count, isLive: run.status === "RUNNING" }));
    const many = members.length < all.length ? `first ${members.length.toLocaleString("en")} of ${format.count(all.length, "run")}` : format.count(all.length, "run");
    return { members, key, band, label: `${group.label} · ${many}`, color: tints.get(group.id), dashes: dashes(group.id) };
  }).filter((one) => one.members.length > 0);
}

/** Fills `place`; `query` says, as the address does, how it is drawn; `choose(key)` when another metric is wanted, `set(words, replace)` for the address. */
export function overlay(place, { runs, groups = [], key, metrics, query, choose, set }) {
  const hasGroups = groups.length > 0;
  const select = h("select", { "aria-label": "Metric of the curves", onchange: (event) => choose(event.target.value) });
  let offered = "";
  // The one that is drawn is always among them: the list may come later, and not have it.
  function offer(names) {
    const all = names.includes(key) ? names : [key, ...names];
    if (all.join("\n") === offered) return;
    offered = all.join("\n");
    fill(select, all.map((one) => h("option", { value: one }, one)));
    select.value = key;
  }
  offer(metrics);
  const lines = curvesOf(runs, key).map((one) => ({ ...one, isFaint: hasGroups }));
  const chart = new Chart({ title: key, curves: [...curvesOfGroups(groups, key, settings(query).band), ...lines], settings: settings(query), isTall: true });
  const bar = settingsBar(query, (words) => set(words, true), { hasGroups });
  fill(place, h("div", { class: "tools" }, select, bar.element), chart.element);
  chart.load();
  return {
    /** What the address says now, and the metrics there are. */
    set(next, names) {
      offer(names);
      const now = settings(next);
      if (JSON.stringify(now) === JSON.stringify(chart.settings)) return;
      bar.take(next);
      chart.set(now);
    },
    changed: () => chart.changed(),
    leave: () => chart.leave(),
  };
}
