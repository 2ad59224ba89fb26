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

/** What the chosen axis is called. */
export const axisTitle = (axis) => AXES.find(([name]) => name === axis)?.[1] ?? "";

/** `changed(words for the URL)`; the band is asked for where groups are drawn. `take(query)` shows what another address says. */
export function settingsBar(query, changed, { hasGroups = false } = {}) {
  const choice = (id, options, usual) => h("select", { id, onchange: (event) => changed({ [id]: event.target.value === usual ? "" : event.target.value }) }, options.map(([name, title]) => h("option", { value: name }, title)));
  const box = (id) => h("input", { type: "checkbox", id, onchange: (event) => changed({ [id]: event.target.checked ? "1" : "" }) });
  const smooth = h("input", { type: "range", min: 0, max: 100, step: 1, id: "smooth", onchange: (event) => changed({ smooth: event.target.value === "0" ? "" : event.target.value }) });
  const axis = choice("axis", AXES, "step");
  const band = hasGroups && choice("band", BANDS, "range");
  const [log, logx] = [box("log"), box("logx")];
  const loglabel = h("label", { class: "inline" }, logx, "log x");

  function take(words) {
    const now = settings(words);
    axis.value = now.axis;
    log.checked = now.isLog;
    logx.checked = now.isLogX;
    logx.disabled = now.axis === "time";
    loglabel.title = logx.disabled ? "A wall clock has no logarithm" : "";
    smooth.value = String(now.smooth);
    if (band) band.value = now.band;
  }

  take(query);
  const element = h("span", { class: "settings" },
    h("label", { class: "inline" }, "x", axis),
    h("label", { class: "inline" }, log, "log y"),
    loglabel,
    h("label", { class: "inline", title: "Exponential moving average; the curve itself stays behind it" }, "Smooth", smooth),
    band && h("label", { class: "inline", title: "Around the mean of a group's runs" }, "Band", band));
  return { element, take };
}
