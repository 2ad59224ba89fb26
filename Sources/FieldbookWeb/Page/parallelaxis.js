// One axis of parallel coordinates, with the brush on it: dragged, or moved by its two handles with the keyboard.
import { h, fill } from "./dom.js";
import { ticks } from "./field.js";
import { brief } from "./format.js";

export const HEIGHT = 400;
const TOP = 34;
const BOTTOM = 26;
const STEP = 0.02; // of a numeric axis, one press of a key
const SMALLEST = 0.02; // a shorter drag is a click
const WORDS = 24; // that have their names beside the axis

const onAxis = (at) => Math.max(0, Math.min(1, at));

/** From 0…1 to pixels; what lies beyond is at the end. */
export const y = (at) => TOP + (1 - onAxis(at)) * (HEIGHT - TOP - BOTTOM);

const valueWords = (scale, at) => (scale.isNumeric ? brief(scale.valueAt(at), 3) : String(scale.valueAt(at)));

export const rangeWords = (scale, [low, high]) => `${valueWords(scale, low)} … ${valueWords(scale, high)}`;

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** `brush` is `[low, high]` within 0…1 or undefined; `moving(range)` while it is dragged, `changed(brush or null)` at the end. */
export function parallelAxis({ id, name, scale, x, brush, moving, changed }) {
  const marks = scale.isNumeric ? ticks(scale, 5).map((value) => [scale.place(value), brief(value, 3)]) : scale.words.slice(0, WORDS).map((word) => [scale.place(word), cut(word, 14)]);
  const hit = h("rect", { class: "par-hit", x: x - 14, y: TOP - 8, width: 28, height: HEIGHT - TOP - BOTTOM + 16, dataset: { axis: id } });
  const ghost = h("g");
  const hand = {
    moving([low, high]) {
      fill(ghost, h("rect", { class: "par-brush", x: x - 7, y: y(high), width: 14, height: Math.max(2, y(low) - y(high)) }),
        [[low, 8], [high, -2]].map(([at, below]) => h("text", { class: "par-value", x: x - 11, y: y(at) + below, "text-anchor": "end" }, valueWords(scale, at))));
      moving([low, high]);
    },
    changed(next) {
      fill(ghost);
      changed(next);
    },
  };
  hit.addEventListener("pointerdown", (event) => drag(event, hit, hand));
  return h("g", null,
    h("line", { class: "par-axis", x1: x, x2: x, y1: y(0), y2: y(1) }),
    h("text", { class: "par-name", x, y: 16, "text-anchor": "middle" }, cut(name, 16), h("title-svg", null, name)),
    marks.filter(([at]) => at !== null).map(([at, word]) => [h("line", { class: "par-axis", x1: x - 3, x2: x + 3, y1: y(at), y2: y(at) }), h("text", { class: "par-tick", x: x + 9, y: y(at) + 4 }, word)]),
    brush && h("rect", { class: "par-brush", x: x - 7, y: y(brush[1]), width: 14, height: Math.max(2, y(brush[0]) - y(brush[1])) }), ghost, hit,
    [0, 1].map((end) => handle({ id, name, scale, x, brush, hand, end })));
}

/** `end` is 0 for the lower one, 1 for the upper one. */
function handle({ id, name, scale, x, brush, hand, end }) {
  const { changed } = hand;
  const ends = (brush ?? [0, 1]).map(onAxis);
  const at = ends[end];
  const element = h("rect", {
    class: brush ? "par-handle" : "par-handle par-handle-idle", x: x - 9, y: y(at) - (end ? 9 : 0), width: 18, height: 9, rx: 2, tabindex: 0, role: "slider", dataset: { handle: `${id} ${end}` },
    "aria-orientation": "vertical", "aria-label": `${name}: ${end ? "greatest" : "least"} that is kept`, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(at * 100), "aria-valuetext": valueWords(scale, at),
    onkeydown: (event) => {
      const step = scale.isNumeric ? STEP : 1 / Math.max(1, scale.words.length - 1);
      const to = { ArrowUp: at + step, ArrowRight: at + step, ArrowDown: at - step, ArrowLeft: at - step, PageUp: at + 5 * step, PageDown: at - 5 * step, Home: 0, End: 1 }[event.key];
      if (to === undefined && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (to === undefined) return changed(null);
      const next = [...ends];
      next[end] = end ? Math.max(ends[0], Math.min(1, to)) : Math.min(ends[1], Math.max(0, to));
      changed(next[0] <= 0 && next[1] >= 1 ? null : next);
    },
  });
  element.addEventListener("pointerdown", (event) => drag(event, element, hand, ends, end));
  return [element, brush && h("text", { class: "par-value", x: x - 11, y: y(at) + (end ? -2 : 8), "text-anchor": "end" }, valueWords(scale, at))];
}

/** Draws a new brush, or with `ends` moves one end of it. */
function drag(event, element, { moving, changed }, ends = null, end = 0) {
  element.setPointerCapture(event.pointerId);
  const box = element.ownerSVGElement.getBoundingClientRect();
  const place = (e) => Math.max(0, Math.min(1, 1 - (e.clientY - box.top - TOP) / (HEIGHT - TOP - BOTTOM)));
  const begin = ends ? ends[1 - end] : place(event);
  let now = ends ? ends[end] : begin;
  let hasMoved = false;
  element.onpointermove = (e) => {
    now = place(e);
    hasMoved = true;
    moving([Math.min(begin, now), Math.max(begin, now)]);
  };
  element.onpointercancel = () => {
    element.onpointermove = element.onpointerup = null;
    changed(ends ? (ends[0] <= 0 && ends[1] >= 1 ? null : ends) : null);
  };
  element.onpointerup = () => {
    element.onpointermove = null;
    if (ends && !hasMoved) return element.focus();
    return changed(Math.abs(now - begin) < SMALLEST ? null : [Math.min(begin, now), Math.max(begin, now)]);
  };
}
