// Parallel coordinates: one line a run, one axis a field. Drag along an axis to keep what passes through there.
import { h, fill, later } from "./dom.js";
import { axisOf, fieldsOf, labelOf, ramp, valueOf } from "./field.js";
import { count } from "./format.js";
import { HEIGHT, parallelAxis, rangeWords, y } from "./parallelaxis.js";
import { brushesOf, brushWords, isWithin } from "./parallelbrush.js";
import { list, joined } from "./route.js";

const MOST_AXES = 12;
const OWN_COLOURS = 24; // more runs than this are coloured by their place on the last axis

const differs = (runs, id) => new Set(runs.map((run) => String(valueOf(run, id)))).size > 1;

const isCommon = (runs, id) => runs.filter((run) => valueOf(run, id) !== undefined).length * 2 > runs.length;

export function parallel(place, runs, query, { set, tints, listRuns }) {
  let all = [];
  const usual = () => {
    const { params, metrics } = fieldsOf(runs);
    return [...params.filter((id) => differs(runs, id) && isCommon(runs, id)).slice(0, 6), ...metrics.filter((id) => isCommon(runs, id)).slice(0, 2)];
  };
  const scales = new Map();
  const scaleOf = (id) => scales.get(id) ?? scales.set(id, axisOf(runs, id)).get(id);
  let axes = [];
  let brushes = new Map(); // axis → [low, high] as 0…1
  let shape = []; // [run, its line] of all, as they are drawn
  let isHeld = false; // a brush is under somebody's hand
  let waiting = null; // runs as they are since, until it lets go
  const nameOf = (id) => labelOf(id, all);
  const frame = h("div", { class: "drawing", tabindex: 0, role: "region", "aria-label": "Parallel coordinates" });
  const passing = h("p", { class: "soft", role: "status" });
  const found = h("div");
  const legend = h("p", { class: "soft" });
  const chosen = h("div", { class: "chips" });
  const add = h("select", { "aria-label": "Add an axis", onchange: (event) => event.target.value && change([...axes, event.target.value]) });
  fill(place, h("div", { class: "tools" }, chosen, add, h("span", { class: "soft" }, "Drag along an axis to keep what passes there, or move its handles with the arrow keys; a click or Escape lets go.")), legend, frame, passing, found);

  function take(next) {
    runs = next;
    const { params, metrics } = fieldsOf(runs);
    all = [...params, ...metrics];
    scales.clear();
  }

  function read(from) {
    const known = list(from.axes).filter((id) => all.includes(id)).slice(0, MOST_AXES);
    axes = known.length ? known : usual();
    brushes = brushesOf(from.brush, axes, scaleOf);
  }

  const words = () => ({ axes: joined(axes), brush: brushWords(brushes, scaleOf) });

  function change(next) {
    axes = next.slice(0, MOST_AXES);
    query = { ...query, ...words() };
    set(words());
    draw();
  }

  const isKept = (run, by = brushes) => [...by].every(([id, range]) => isWithin(scaleOf(id).place(valueOf(run, id)), range));

  /** How the lines look, and how many pass, without drawing them anew: under somebody's hand the elements stay. */
  function shade(by) {
    const good = new Set(runs.filter((run) => isKept(run, by)));
    for (const [run, line] of shape) {
      line.classList.toggle("par-out", !good.has(run));
      line.style.setProperty("stroke-opacity", !good.has(run) ? "0.06" : good.size > 100 ? "0.4" : "0.85");
    }
    fill(passing, by.size > 0 && [`${good.size} of ${runs.length} runs pass `, [...by].map(([id, brush], i) => [i > 0 && " and ", `${nameOf(id)} ${rangeWords(scaleOf(id), brush)}`]), "."]);
    return good;
  }

  function draw() {
    const focused = frame.contains(document.activeElement) ? document.activeElement.dataset.handle : null;
    fill(chosen, axes.map((id) => h("span", { class: "chip" }, nameOf(id), h("button", { type: "button", "aria-label": `Remove the axis ${nameOf(id)}`, onclick() { brushes.delete(id); change(axes.filter((one) => one !== id)); } }, "×"))));
    fill(add, h("option", { value: "" }, "Add an axis…"), all.filter((id) => !axes.includes(id)).map((id) => h("option", { value: id }, `${nameOf(id)}`)));
    const width = Math.max(frame.clientWidth || 900, axes.length * 96);
    const x = (i) => 56 + (i * (width - 150)) / Math.max(1, axes.length - 1);
    const path = (run) => {
      let text = "";
      let isBegun = false;
      axes.forEach((id, i) => {
        const at = scaleOf(id).place(valueOf(run, id));
        if (at === null) { isBegun = false; return; }
        text += `${isBegun ? "L" : "M"}${x(i).toFixed(1)} ${y(at).toFixed(1)}`;
        isBegun = true;
      });
      return text;
    };
    const last = axes.at(-1);
    const tint = (run) => {
      const at = runs.length > OWN_COLOURS && last ? scaleOf(last).place(valueOf(run, last)) : null;
      return at === null ? (runs.length > OWN_COLOURS ? "var(--soft)" : tints.get(run.run_id)) : ramp(at);
    };
    const lacking = runs.filter((run) => axes.some((id) => valueOf(run, id) === undefined)).length;
    fill(legend, runs.length > OWN_COLOURS && last && ["The colour is ", nameOf(last), ": ", h("span", { class: "ramp", "aria-hidden": "true", style: { background: `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map(ramp).join(", ")})` } }), " from low to high. "],
      lacking > 0 && `${count(lacking, "run")} without a value on some axis: the line is open there.`);
    // Those that pass lie over the others.
    shape = [...runs.filter((run) => !isKept(run)), ...runs.filter((run) => isKept(run))]
      .map((run) => [run, h("path", { d: path(run), class: "par-line", style: { stroke: tint(run) }, "data-run": run.run_id }, h("title-svg", null, run.name))]);
    fill(frame, h("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "group", "aria-label": `Parallel coordinates of ${runs.length} runs over ${axes.map(nameOf).join(", ")}` },
      shape.map(([, line]) => line),
      axes.map((id, i) => parallelAxis({ id, name: nameOf(id), scale: scaleOf(id), x: x(i), brush: brushes.get(id), moving: (range) => { isHeld = true; shade(new Map(brushes).set(id, range)); }, changed: (next) => brushed(id, next) }))));
    const good = shade(brushes);
    if (focused) frame.querySelector(`[data-handle="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    fill(found, brushes.size > 0 && listRuns(runs.filter((run) => good.has(run)), axes, tint));
  }

  function brushed(id, next) {
    isHeld = false;
    if (next) brushes.set(id, next);
    else brushes.delete(id);
    change(axes);
    if (waiting) changed(waiting);
  }

  /** The runs as they are now: brushes keep their values, whatever place these have; nothing moves under a hand. */
  function changed(next) {
    waiting = isHeld ? next : null;
    if (isHeld) return;
    const kept = words();
    take(next);
    read(kept);
    draw();
  }

  /** Another address: of one's own hand, or of a way back. */
  function update(next) {
    const isSame = ["axes", "brush"].every((name) => (next[name] ?? "") === (query[name] ?? ""));
    query = next;
    if (isSame) return;
    read(next);
    draw();
  }

  const size = new ResizeObserver(later(100, draw));
  size.observe(place);
  take(runs);
  read(query);
  draw();
  return { update, changed, leave: () => size.disconnect() };
}
