// How all charts of a page are drawn: axis, logarithm, smoothing. Kept in the URL.
import { h } from "./dom.js";

const AXES = [["step", "Step"], ["relative", "Relative time"], ["time", "Wall time"]];

export const settings = (query) => ({
  axis: AXES.some(([name]) => name === query.axis) ? query.axis : "step",
  isLog: Boolean(query.log),
  smooth: Math.max(0, Math.min(100, Number(query.smooth) || 0)),
});

/** `changed(words for the URL)`. */
export function settingsBar(query, changed) {
  const now = settings(query);
  const smooth = h("input", { type: "range", min: 0, max: 100, step: 1, value: String(now.smooth), id: "smooth", onchange: (event) => changed({ smooth: event.target.value === "0" ? "" : event.target.value }) });
  const axis = h("select", { id: "axis", onchange: (event) => changed({ axis: event.target.value === "step" ? "" : event.target.value }) }, AXES.map(([name, title]) => h("option", { value: name }, title)));
  axis.value = now.axis;
  return h("span", { class: "settings" },
    h("label", { class: "inline" }, "x", axis),
    h("label", { class: "inline" }, h("input", { type: "checkbox", id: "log", checked: now.isLog, onchange: (event) => changed({ log: event.target.checked ? "1" : "" }) }), "log y"),
    h("label", { class: "inline", title: "Exponential moving average; the curve itself stays behind it" }, "Smooth", smooth));
}
