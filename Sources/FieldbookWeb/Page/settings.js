// How all charts of a page are drawn: axis, logarithms, smoothing, the band of groups. Kept in the URL.
import { h } from "./dom.js";

const BANDS = [["range", "least to greatest"], ["sd", "± standard deviation"], ["none", "no band"]];
export const bandOf = (query) => (BANDS.some(([name]) => name === query.band) ? query.band : "range");

const AXES = [["step", "Step"], ["relative", "Relative time"], ["time", "Wall time"]];

export const settings = (query) => ({
  axis: AXES.some(([name]) => name === query.axis) ? query.axis : "step",
  isLog: Boolean(query.log),
  isLogX: Boolean(query.logx) && query.axis !== "time",
  band: bandOf(query),
  smooth: Math.max(0, Math.min(100, Number(query.smooth) || 0)),
});

/** `changed(words for the URL)`; the band is asked for where groups are drawn. */
export function settingsBar(query, changed, { hasGroups = false } = {}) {
  const now = settings(query);
  const smooth = h("input", { type: "range", min: 0, max: 100, step: 1, value: String(now.smooth), id: "smooth", onchange: (event) => changed({ smooth: event.target.value === "0" ? "" : event.target.value }) });
  const axis = h("select", { id: "axis", onchange: (event) => changed({ axis: event.target.value === "step" ? "" : event.target.value }) }, AXES.map(([name, title]) => h("option", { value: name }, title)));
  axis.value = now.axis;
  const band = hasGroups && h("select", { id: "band", onchange: (event) => changed({ band: event.target.value === "range" ? "" : event.target.value }) }, BANDS.map(([name, title]) => h("option", { value: name }, title)));
  if (band) band.value = now.band;
  return h("span", { class: "settings" },
    h("label", { class: "inline" }, "x", axis),
    h("label", { class: "inline" }, h("input", { type: "checkbox", id: "log", checked: now.isLog, onchange: (event) => changed({ log: event.target.checked ? "1" : "" }) }), "log y"),
    h("label", { class: "inline", title: now.axis === "time" ? "A wall clock has no logarithm" : null }, h("input", { type: "checkbox", id: "logx", checked: now.isLogX, disabled: now.axis === "time", onchange: (event) => changed({ logx: event.target.checked ? "1" : "" }) }), "log x"),
    h("label", { class: "inline", title: "Exponential moving average; the curve itself stays behind it" }, "Smooth", smooth),
    band && h("label", { class: "inline", title: "Around the mean of a group's runs" }, "Band", band));
}
