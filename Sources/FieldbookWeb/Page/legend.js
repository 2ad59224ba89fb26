// What stands beside a chart in words: the values at the cursor, or the last ones.
import { swatch } from "./colors.js";
import { h, fill } from "./dom.js";
import * as format from "./format.js";
import { COUNT, FINITE, LAST, MAX, MIN, NAN, nearest } from "./series.js";

const BAND_WORDS = { range: "; band: least to greatest of all their points", sd: "; band: one standard deviation of the runs around it", none: "" };

/** Of one curve: its value at the place `at` of the server's axis, or its last one with null. */
export function words(curve, at, isShort = false) {
  if (!curve.columns.length) return "–";
  // Of a group the last place with a mean: behind it there may be one run, and that NaN.
  const last = () => (curve.members && curve.columns.findLast((one) => one[FINITE] > 0)) || curve.columns.at(-1);
  const column = at === null ? last() : nearest(curve.columns, at);
  if (isShort) return format.brief(column[LAST]);
  if (curve.members) return meanWords(curve, column);
  const smooth = curve.smooth && at !== null ? ` ~${format.brief(curve.smooth[curve.columns.indexOf(column)])}` : "";
  const many = column[COUNT] > 1 && at !== null ? ` (${format.brief(column[MIN])} … ${format.brief(column[MAX])} of ${column[COUNT].toLocaleString("en")})` : "";
  return format.brief(column[LAST]) + smooth + many;
}

/** Of the mean of a group: how many runs it is made of there. */
function meanWords(curve, column) {
  const band = curve.band === "none" || column[FINITE] < 2 ? "" : ` (${format.brief(column[MIN])} … ${format.brief(column[MAX])})`;
  return `${format.brief(column[LAST])}${band}, mean of ${column[FINITE].toLocaleString("en")} of ${format.count(curve.members.length, "run")}${column[NAN] ? `, ${column[NAN]} with NaN` : ""}`;
}

function where(axis, x) {
  if (x === null) return "";
  return axis === "step" ? `step ${Math.round(x).toLocaleString("en")}` : axis === "time" ? format.moment(x) : format.duration(x * 1000);
}

/** A line above the chart, and of several curves a list below it, in which each can be hidden: `turn(curve)` gives whether it is now. */
export class Legend {
  constructor(curves, turn) {
    this.curves = curves;
    this.readout = h("span", { class: "readout" });
    const hasGroups = curves.some((one) => one.members);
    this.note = hasGroups && h("li", { class: "legend-note soft" });
    this.list = (curves.length > 1 || hasGroups) && h("ul", { class: "legend" }, curves.map((one) => h("li", null, h("button", {
      type: "button", class: `quiet${one.isFaint ? " legend-faint" : ""}${one.members ? " legend-mean" : ""}`, "aria-pressed": "true", title: `Hide or show ${one.label}`,
      dataset: { color: one.color, dashes: (one.dashes ?? []).join(" ") },
      onclick: (event) => {
        one.isHidden = turn(one);
        event.currentTarget.setAttribute("aria-pressed", String(!one.isHidden));
      },
    }, h("span", { class: "swatch", style: { background: swatch(one.color, one.dashes) } }), h("span", { class: "legend-name" }, one.label), h("span", { class: "legend-value" })))), this.note);
  }

  /** What the bands are, where there are some. */
  bandWords() {
    const group = this.curves.find((one) => one.members);
    return group ? `line of a group: the mean of its runs${BAND_WORDS[group.band]}` : "";
  }

  /** `x` of the drawn axis or null; `place(curve)` leads from there to the server's. */
  show(axis, x, place) {
    this.readout.dataset.axis = axis;
    this.readout.title = axis === "time" && x !== null ? format.utc(x) : "";
    if (this.note) this.note.textContent = this.bandWords();
    const at = (one) => (x === null ? null : place(one)(x));
    if (!this.list) return fill(this.readout, x !== null && h("span", { class: "soft" }, where(axis, x), "  "), words(this.curves[0], at(this.curves[0])));
    this.curves.forEach((one, i) => {
      const value = this.list.children[i].querySelector(".legend-value");
      value.textContent = words(one, at(one), true);
      value.title = words(one, at(one));
    });
    return fill(this.readout, h("span", { class: "soft" }, where(axis, x)));
  }
}
