// All metrics of some runs as charts, by the first part of their names.
import { Chart, Cursors } from "./chart.js";
import { h, fill, empty } from "./dom.js";
import { libraryMissing } from "./plot.js";
import { curvesOf, curvesOfGroups } from "./overlay.js";
import { settings, settingsBar } from "./settings.js";

const AT_ONCE = 2;
const UNDIVIDED = 12; // as many charts need no headings

/**
 * `wanted(key)` says which metrics; `set(words)` changes the URL. `groupsOf(query, runs)` gives groups to draw the means of, and `tools()`
 * what else stands above. Gives what a view is told.
 */
export function charts(place, runs, query, { wanted, set, nothing, groupsOf = () => [], tools: more = () => null, mostLines = Infinity }) {
  const cursors = new Cursors();
  let made = [];
  let keys = "";
  let bar = null;
  const find = h("input", { type: "search", placeholder: "Find a metric", "aria-label": "Find a metric", value: query.only ?? "", onchange: (event) => set({ only: event.target.value }) });
  const tools = h("div", { class: "tools" });
  const body = h("div", { class: "chart-sections" });
  fill(place, tools, libraryMissing(), body);

  const names = () => [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].filter(wanted).sort((a, b) => a.localeCompare(b));

  function lay() {
    const all = names();
    const words = (query.only ?? "").toLowerCase();
    const exact = all.filter((key) => key === query.only);
    const shown = exact.length ? exact : all.filter((key) => key.toLowerCase().includes(words));
    if (!all.length) return fill(body, nothing);
    const groups = groupsOf(query, runs);
    const state = JSON.stringify([shown, groups.map((group) => [group.label, group.runs.map((run) => run.run_id)])]);
    if (state === keys) return null;
    keys = state;
    for (const one of made) one.leave();
    const sections = new Map();
    for (const key of shown) {
      const name = shown.length <= UNDIVIDED ? "" : key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
      sections.set(name, [...(sections.get(name) ?? []), key]);
    }
    made = [];
    const isTall = shown.length < 3;
    fill(body, !shown.length && empty("No metric has that in its name."), [...sections].map(([name, list]) => h("section", null,
      sections.size > 1 && h("h2", { class: "section-title" }, name || "metrics", h("span", { class: "soft" }, ` ${list.length}`)),
      h("div", { class: `charts${isTall ? " charts-tall" : ""}` }, list.map((key) => {
        const chart = new Chart({ title: key, curves: curves(groups, key), settings: settings(query), cursors, isTall });
        made.push(chart);
        return chart.element;
      })))));
    // Those at the top need not wait until they are known to be seen.
    for (const one of made.slice(0, AT_ONCE)) one.load();
    return null;
  }

  function curves(groups, key) {
    const lines = runs.length > mostLines ? [] : curvesOf(runs, key).map((one) => ({ ...one, isFaint: groups.length > 0 }));
    return [...curvesOfGroups(groups, key, settings(query).band), ...lines];
  }

  function layTools() {
    bar = settingsBar(query, set, { hasGroups: groupsOf(query, runs).length > 0 });
    fill(tools, find, bar.element, more(query));
  }

  layTools();
  lay();
  return {
    update(next) {
      const before = JSON.stringify(settings(query));
      const { group } = query;
      query = next;
      if (document.activeElement !== find) find.value = query.only ?? "";
      if (group !== query.group) layTools();
      if (JSON.stringify(settings(query)) !== before) {
        bar.take(query);
        for (const one of made) one.set(settings(query));
      }
      lay();
    },
    changed(next) {
      if (next) runs = next;
      lay();
      for (const one of made) one.changed();
    },
    leave() { for (const one of made) one.leave(); },
  };
}
