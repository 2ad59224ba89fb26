// Parallel coordinates: one line a run, one axis a field. Drag along an axis to keep what passes through there.
import { h, fill, later } from "./dom.js";
import { axisOf, fieldsOf, labelOf, ramp, valueOf } from "./field.js";
import { HEIGHT, parallelAxis, rangeWords, y } from "./parallelaxis.js";
import { list, joined } from "./route.js";

const MOST_AXES = 12;
const OWN_COLOURS = 24; // more runs than this are coloured by their place on the last axis

const differs = (runs, id) => new Set(runs.map((run) => String(valueOf(run, id)))).size > 1;

const isCommon = (runs, id) => runs.filter((run) => valueOf(run, id) !== undefined).length * 2 > runs.length;

export function parallel(place, runs, query, { set, tints, listRuns }) {
  const fields = fieldsOf(runs);
  const all = [...fields.params, ...fields.metrics];
  let axes = list(query.axes).filter((id) => all.includes(id));
  if (!axes.length) axes = [...fields.params.filter((id) => differs(runs, id) && isCommon(runs, id)).slice(0, 6), ...fields.metrics.filter((id) => isCommon(runs, id)).slice(0, 2)];
  const brushes = new Map(); // axis → [low, high] as 0…1
  const nameOf = (id) => labelOf(id, all);
  const frame = h("div", { class: "drawing", tabindex: 0, role: "region", "aria-label": "Parallel coordinates" });
  const found = h("div");
  const chosen = h("div", { class: "chips" });
  const add = h("select", { "aria-label": "Add an axis", onchange: (event) => event.target.value && change([...axes, event.target.value]) });
  fill(place, h("div", { class: "tools" }, chosen, add, h("span", { class: "soft" }, "Drag along an axis to keep what passes there, or move its handles with the arrow keys; a click or Escape lets go.")), frame, found);

  function change(next) {
    axes = next.slice(0, MOST_AXES);
    set({ axes: joined(axes) });
    draw();
  }

  function kept(run, scales) {
    return [...brushes].every(([id, [low, high]]) => {
      const at = scales.get(id)?.place(valueOf(run, id));
      return at !== null && at !== undefined && at >= low && at <= high;
    });
  }

  function draw() {
    const focused = frame.contains(document.activeElement) ? document.activeElement.dataset.handle : null;
    fill(chosen, axes.map((id) => h("span", { class: "chip" }, nameOf(id), h("button", { type: "button", "aria-label": `Remove the axis ${nameOf(id)}`, onclick() { brushes.delete(id); change(axes.filter((one) => one !== id)); } }, "×"))));
    fill(add, h("option", { value: "" }, "Add an axis…"), all.filter((id) => !axes.includes(id)).map((id) => h("option", { value: id }, `${nameOf(id)}`)));
    const width = Math.max(frame.clientWidth || 900, axes.length * 96);
    const scales = new Map(axes.map((id) => [id, axisOf(runs, id)]));
    const x = (i) => 56 + (i * (width - 150)) / Math.max(1, axes.length - 1);
      const good = runs.filter((run) => kept(run, scales));
    const keptIds = new Set(good.map((run) => run.run_id));
    const path = (run) => {
      let text = "";
      let isBegun = false;
      axes.forEach((id, i) => {
        const at = scales.get(id).place(valueOf(run, id));
        if (at === null) { isBegun = false; return; }
        text += `${isBegun ? "L" : "M"}${x(i).toFixed(1)} ${y(at).toFixed(1)}`;
        isBegun = true;
      });
      return text;
    };
    const last = axes.at(-1);
    const tint = (run) => {
      const at = runs.length > OWN_COLOURS && last ? scales.get(last).place(valueOf(run, last)) : null;
      return at === null ? (runs.length > OWN_COLOURS ? "var(--soft)" : tints.get(run.run_id)) : ramp(at);
    };
    const lines = (those, isKept) => those.map((run) => h("path", {
      d: path(run), class: isKept ? "par-line" : "par-line par-out", style: { stroke: tint(run), "stroke-opacity": isKept ? (good.length > 100 ? "0.4" : "0.85") : "0.06" }, "data-run": run.run_id,
    }, h("title-svg", null, run.name)));
    fill(frame, h("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "group", "aria-label": `Parallel coordinates of ${runs.length} runs over ${axes.map(nameOf).join(", ")}` },
      lines(runs.filter((run) => !keptIds.has(run.run_id)), false), lines(good, true),
      axes.map((id, i) => parallelAxis({ id, name: nameOf(id), scale: scales.get(id), x: x(i), brush: brushes.get(id), changed: (next) => brushed(id, next) }))));
    if (focused) frame.querySelector(`[data-handle="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    fill(found, brushes.size > 0 && h("p", { class: "soft", role: "status" }, `${good.length} of ${runs.length} runs pass `, [...brushes].map(([id, brush], i) => [i > 0 && " and ", `${nameOf(id)} ${rangeWords(scales.get(id), brush)}`]), "."), brushes.size > 0 && listRuns(good));
  }

  function brushed(id, next) {
    if (next) brushes.set(id, next);
    else brushes.delete(id);
    draw();
  }

  const size = new ResizeObserver(later(100, draw));
  size.observe(place);
  draw();
  return { leave: () => size.disconnect() };
}
