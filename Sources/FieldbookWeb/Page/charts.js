// All metrics of some runs as charts, by the first part of their names.
import { Chart, Group } from "./chart.js";
import { h, fill, empty } from "./dom.js";
import { libraryMissing } from "./plot.js";
import { curvesOf } from "./overlay.js";
import { settings, settingsBar } from "./settings.js";

const UNDIVIDED = 12; // as many charts need no headings

/** `wanted(key)` says which metrics; `set(words)` changes the URL. Gives what a view is told. */
export function charts(place, runs, query, { wanted, set, nothing }) {
  const group = new Group();
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
    if (shown.join("\n") === keys) return null;
    keys = shown.join("\n");
    for (const one of made) one.leave();
    const sections = new Map();
    for (const key of shown) {
      const name = shown.length <= UNDIVIDED ? "" : key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
      sections.set(name, [...(sections.get(name) ?? []), key]);
    }
    made = [];
    const isTall = shown.length < 3;
    return fill(body, !shown.length && empty("No metric has that in its name."), [...sections].map(([name, list]) => h("section", null,
      sections.size > 1 && h("h2", { class: "section-title" }, name || "metrics", h("span", { class: "soft" }, ` ${list.length}`)),
      h("div", { class: `charts${isTall ? " charts-tall" : ""}` }, list.map((key) => {
        const chart = new Chart({ title: key, curves: curvesOf(runs, key), settings: settings(query), group, isTall });
        made.push(chart);
        return chart.element;
      })))));
  }

  function layTools() {
    bar = settingsBar(query, set);
    fill(tools, find, bar);
  }

  layTools();
  lay();
  return {
    update(next) {
      const before = JSON.stringify(settings(query));
      query = next;
      if (document.activeElement !== find) find.value = query.only ?? "";
      if (JSON.stringify(settings(query)) !== before) {
        if (!tools.contains(document.activeElement)) layTools();
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
