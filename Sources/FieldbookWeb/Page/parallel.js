// Parallel coordinates: one line a run, one axis a field. Drag along an axis to keep what passes through there.
import { h, fill, later } from "./dom.js";
import { axisOf, fieldsOf, labelOf, ramp, ticks, valueOf } from "./field.js";
import { brief } from "./format.js";
import { list, joined } from "./route.js";

const HEIGHT = 380;
const TOP = 34;
const BOTTOM = 18;
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
  fill(place, h("div", { class: "tools" }, chosen, add, h("span", { class: "soft" }, "Drag along an axis to keep what passes there; click it to let go.")), frame, found);

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
    fill(chosen, axes.map((id) => h("span", { class: "chip" }, nameOf(id), h("button", { type: "button", "aria-label": `Remove the axis ${nameOf(id)}`, onclick() { brushes.delete(id); change(axes.filter((one) => one !== id)); } }, "×"))));
    fill(add, h("option", { value: "" }, "Add an axis…"), all.filter((id) => !axes.includes(id)).map((id) => h("option", { value: id }, `${nameOf(id)}`)));
    const width = Math.max(frame.clientWidth || 900, axes.length * 96);
    const scales = new Map(axes.map((id) => [id, axisOf(runs, id)]));
    const x = (i) => 56 + (i * (width - 150)) / Math.max(1, axes.length - 1);
    const y = (at) => TOP + (1 - at) * (HEIGHT - TOP - BOTTOM);
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
    fill(frame, h("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `Parallel coordinates of ${runs.length} runs over ${axes.map(nameOf).join(", ")}` },
      lines(runs.filter((run) => !keptIds.has(run.run_id)), false), lines(good, true),
      axes.map((id, i) => axis(id, scales.get(id), x(i), y))));
    fill(found, brushes.size > 0 && h("p", { class: "soft", role: "status" }, `${good.length} of ${runs.length} runs pass.`), brushes.size > 0 && listRuns(good));
  }

  function axis(id, scale, x, y) {
    const marks = scale.isNumeric ? ticks(scale, 5).map((value) => [scale.place(value), brief(value, 3)]) : scale.words.slice(0, 24).map((word) => [scale.place(word), word.length > 14 ? `${word.slice(0, 13)}…` : word]);
    const brush = brushes.get(id);
    const hit = h("rect", { class: "par-hit", x: x - 14, y: TOP - 8, width: 28, height: HEIGHT - TOP - BOTTOM + 16, dataset: { axis: id } });
    hit.addEventListener("pointerdown", (event) => {
      hit.setPointerCapture(event.pointerId);
      const box = hit.ownerSVGElement.getBoundingClientRect();
      const at = (e) => Math.max(0, Math.min(1, 1 - (e.clientY - box.top - TOP) / (HEIGHT - TOP - BOTTOM)));
      const begin = at(event);
      let end = begin;
      hit.onpointermove = (e) => { end = at(e); };
      hit.onpointerup = () => {
        if (Math.abs(end - begin) < 0.02) brushes.delete(id);
        else brushes.set(id, [Math.min(begin, end), Math.max(begin, end)]);
        draw();
      };
    });
    return h("g", null,
      h("line", { class: "par-axis", x1: x, x2: x, y1: y(0), y2: y(1) }),
      h("text", { class: "par-name", x, y: 16, "text-anchor": "middle" }, nameOf(id).length > 16 ? `${nameOf(id).slice(0, 15)}…` : nameOf(id), h("title-svg", null, nameOf(id))),
      marks.filter(([at]) => at !== null).map(([at, word]) => [h("line", { class: "par-axis", x1: x - 3, x2: x + 3, y1: y(at), y2: y(at) }), h("text", { class: "par-tick", x: x + 7, y: y(at) + 4 }, word)]),
      brush && h("rect", { class: "par-brush", x: x - 7, y: y(brush[1]), width: 14, height: Math.max(2, y(brush[0]) - y(brush[1])) }), hit);
  }

  const size = new ResizeObserver(later(100, draw));
  size.observe(place);
  draw();
  return { leave: () => size.disconnect() };
}
