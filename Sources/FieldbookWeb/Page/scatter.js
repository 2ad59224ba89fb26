// Two or three metrics of many runs against each other, with the Pareto front of what is wanted small or large.
import { h, fill, later } from "./dom.js";
import { axisOf, fieldsOf, labelOf, ticks, valueOf } from "./field.js";
import { brief, count } from "./format.js";
import * as route from "./route.js";

const HEIGHT = 420;
const LEFT = 64, RIGHT = 18, TOP = 14, BOTTOM = 42, INSET = 12;
const OWN_COLOURS = 24; // more runs than this have one colour
const GOALS = [["min", "smaller is better"], ["max", "larger is better"], ["", "no goal"]];

/** Losses, errors and times are wanted small; a guess that a person can change. */
export const guessedGoal = (id) => (/loss|err|rmse|mae|mse|perplex|latency|time|seconds|bytes|memory|wer|fid/i.test(id) ? "min" : "max");

/**
 * Runs that no other run beats: none is as good in every goal and better in one. `goals` is [[field, "min" | "max"]].
 * Runs without a finite value for each goal are left out.
 */
export function front(runs, goals) {
  const points = runs.map((run) => [run, goals.map(([id, goal]) => {
    const value = Number(valueOf(run, id));
    return goal === "min" ? value : -value;
  })]).filter(([, values]) => values.every(Number.isFinite));
  points.sort((a, b) => { for (let i = 0; i < goals.length; i += 1) if (a[1][i] !== b[1][i]) return a[1][i] - b[1][i]; return 0; });
  const kept = [];
  for (const point of points) {
    const isBeaten = kept.some((other) => other[1].every((value, i) => value <= point[1][i]) && other[1].some((value, i) => value < point[1][i]));
    if (!isBeaten) kept.push(point);
  }
  return kept.map(([run]) => run);
}

export function scatter(place, runs, query, { set, tints, listRuns }) {
  let all = [];
  const take = (next) => {
    runs = next;
    const { params, metrics } = fieldsOf(runs);
    all = [...metrics, ...params];
  };
  take(runs);
  if (all.length < 2) return fill(place, h("p", { class: "empty" }, "These runs have not two values to set against each other.")), { leave() {} };
  const nameOf = (id) => labelOf(id, all);
  let now = query;
  const pick = (name, fallback) => (all.includes(now[name]) ? now[name] : fallback);
  const frame = h("div", { class: "drawing", tabindex: 0, role: "region", "aria-label": "Scatter" });
  const found = h("section", { "aria-label": "Pareto front" });
  const tools = h("div", { class: "tools" });
  const missing = h("p", { class: "soft" });
  fill(place, tools, missing, frame, found);

  /** What most runs have, metrics first. */
  const usual = () => {
    const having = new Map(all.map((id) => [id, runs.filter((run) => valueOf(run, id) !== undefined).length]));
    return [...all].sort((a, b) => b.startsWith("metrics.") - a.startsWith("metrics.") || having.get(b) - having.get(a));
  };

  const state = () => {
    const [first, second] = usual();
    const x = pick("x", now.y === first ? second : first);
    const y = pick("y", x === first ? second : first);
    const z = pick("z", "");
    const goal = (name, id) => (id === "" ? "" : now[`${name}goal`] === "none" ? "" : now[`${name}goal`] ?? (id.startsWith("metrics.") ? guessedGoal(id) : ""));
    return { x, y, z, goals: { x: goal("x", x), y: goal("y", y), z: goal("z", z) } };
  };

  function change(words) {
    now = { ...now, ...words };
    set(words);
    draw();
  }

  function choice(name, title, id, goal, mayBeNone) {
    const field = h("select", { "aria-label": `Field of ${title}`, onchange: (event) => change({ [name]: event.target.value, [`${name}goal`]: "" }) }, mayBeNone && h("option", { value: "" }, "–"), all.map((one) => h("option", { value: one }, nameOf(one))));
    field.value = id;
    const aim = h("select", { "aria-label": `Goal of ${title}`, disabled: id === "", onchange: (event) => change({ [`${name}goal`]: event.target.value || "none" }) }, GOALS.map(([word, text]) => h("option", { value: word }, text)));
    aim.value = goal;
    return h("span", { class: "inline-group" }, h("span", { class: "soft" }, title), field, aim);
  }

  function draw() {
    const { x, y, z, goals } = state();
    if (!tools.contains(document.activeElement) || !tools.children.length) fill(tools, choice("x", "x", x, goals.x), choice("y", "y", y, goals.y), choice("z", "size", z, goals.z, true));
    const width = Math.max(320, frame.clientWidth || 900);
    const [ax, ay, az] = [axisOf(runs, x), axisOf(runs, y), z ? axisOf(runs, z) : null];
    const px = (at) => LEFT + INSET + at * (width - LEFT - RIGHT - 2 * INSET);
    const py = (at) => TOP + INSET + (1 - at) * (HEIGHT - TOP - BOTTOM - 2 * INSET);
    const aims = [[x, goals.x], [y, goals.y], [z, goals.z]].filter(([, goal]) => goal);
    const best = aims.length >= 2 ? front(runs, aims) : [];
    const compared = runs.filter((run) => aims.every(([id]) => Number.isFinite(Number(valueOf(run, id) ?? NaN)))).length;
    const isBest = new Set(best.map((run) => run.run_id));
    const spots = runs.map((run) => ({ run, x: ax.place(valueOf(run, x)), y: ay.place(valueOf(run, y)), z: az?.place(valueOf(run, z)) ?? 0.3 })).filter((one) => one.x !== null && one.y !== null);
    const line = goals.x && goals.y && !goals.z ? spots.filter((one) => isBest.has(one.run.run_id)).sort((a, b) => a.x - b.x) : [];
    const marks = (axis) => (axis.isNumeric ? ticks(axis).map((value) => [axis.place(value), brief(value, 4)]) : axis.words.slice(0, 12).map((word) => [axis.place(word), word.slice(0, 12)]));
    const spot = (one) => {
      const dot = h("circle", {
        cx: px(one.x).toFixed(1), cy: py(one.y).toFixed(1), r: (az ? 3 + one.z * 7 : 4).toFixed(1), style: { fill: runs.length > OWN_COLOURS ? "var(--accent)" : tints.get(one.run.run_id) },
        class: isBest.has(one.run.run_id) ? "spot spot-best" : "spot", onclick: () => route.go(["runs", one.run.run_id]),
      }, h("title-svg", null, `${one.run.name}\n${[x, y, z].filter(Boolean).map((id) => `${nameOf(id)} ${brief(valueOf(one.run, id))}`).join("\n")}`));
      return dot;
    };
    fill(frame, h("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `${nameOf(y)} against ${nameOf(x)} of ${spots.length} runs, ${best.length} on the Pareto front` },
      marks(ax).map(([at, word]) => [h("line", { class: "grid-line", x1: px(at), x2: px(at), y1: py(0), y2: py(1) }), h("text", { class: "par-tick", x: px(at), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, word)]),
      marks(ay).map(([at, word]) => [h("line", { class: "grid-line", x1: px(0), x2: px(1), y1: py(at), y2: py(at) }), h("text", { class: "par-tick", x: LEFT - 8, y: py(at) + 4, "text-anchor": "end" }, word)]),
      h("text", { class: "par-name", x: px(0.5), y: HEIGHT - 6, "text-anchor": "middle" }, nameOf(x)),
      h("text", { class: "par-name", x: LEFT, y: TOP - 2 < 12 ? 12 : TOP - 2 }, nameOf(y)),
      line.length > 1 && h("polyline", { class: "front", points: line.map((one) => `${px(one.x).toFixed(1)},${py(one.y).toFixed(1)}`).join(" ") }),
      spots.filter((one) => !isBest.has(one.run.run_id)).map(spot), spots.filter((one) => isBest.has(one.run.run_id)).map(spot)));
    fill(missing, spots.length < runs.length && `${count(runs.length - spots.length, "run")} without both values are not drawn.`);
    fill(found, aims.length >= 2 ? [h("h2", null, "Pareto front"), h("p", { class: "soft" }, `${count(best.length, "run")} of ${compared} that no other beats in ${aims.map(([id]) => nameOf(id)).join(" and ")}.`), listRuns(best, aims.map(([id]) => id), runs.length > OWN_COLOURS ? () => "var(--accent)" : undefined)]
      : h("p", { class: "soft" }, "Choose whether smaller or larger is better for two fields to see the front."));
  }

  const size = new ResizeObserver(later(100, draw));
  size.observe(place);
  draw();
  return {
    changed(next) {
      take(next);
      draw();
    },
    leave: () => size.disconnect(),
  };
}
