// The lineage of a model as a drawing, in columns where there is room and else as a list with lines, and as a table.
import { h, fill, later, scroller } from "./dom.js";
import * as format from "./format.js";
import { earlier, inOrder, LAYERS, lineage, runsOf } from "./lineage.js";
import * as route from "./route.js";

const MOST = 30; // versions at first, the newest
const BOX = { width: 164, height: 38, gap: 10 };
const NARROW = 700; // pixels: less has no room for columns
const ROW = 34;
const INDENT = 16;

/** Fills `place`; gives `{changed(model), leave()}`. */
export function lineageView(place, model) {
  let isLeft = false;
  let most = MOST;
  const runs = new Map();
  const frame = h("div", { class: "drawing lineage", tabindex: 0, role: "region", "aria-label": "Lineage" });
  const below = h("div", { class: "tab-body" });
  fill(place, h("header", null, h("h2", null, "Lineage")), frame, below);
  let graph = null;
  let drawn = null; // {graph, width} of what stands there

  async function read() {
    const versions = model.versions.toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at)).slice(0, most);
    await runsOf(versions, runs);
    if (isLeft) return;
    graph = lineage(model, versions, runs);
    draw();
    const more = model.versions.length - versions.length;
    fill(below, more > 0 && h("p", null, h("button", { type: "button", onclick() { most += 100; read(); } }, `${format.count(more, "older version")}`)),
      h("details", null, h("summary", null, "As a table"), table(versions)));
  }

  function draw() {
    if (!graph) return;
    const width = frame.clientWidth || 900;
    if (drawn?.graph === graph && drawn.width === width) return;
    drawn = { graph, width };
    // Who stands at one of them with the keyboard stays there.
    const held = frame.contains(document.activeElement) ? document.activeElement.dataset.node : null;
    const layers = LAYERS.map((_, i) => graph.nodes.filter((one) => one.layer === i));
    const used = layers.map((some, i) => [i, some]).filter(([, some]) => some.length);
    fill(frame, width < NARROW ? indented(graph, width) : columns(graph, used, width));
    if (held) [...frame.querySelectorAll(".node")].find((one) => one.dataset.node === held)?.focus();
  }

  function table(versions) {
    const link = (id) => h("a", { href: route.address(["runs", id]) }, runs.get(id)?.name ?? format.short(id));
    return scroller("Lineage as a table", h("table", { class: "plain roomy" },
      h("thead", null, h("tr", null, ["Version", "Aliases", "Run", "Belongs to or repeats", "Data"].map((word) => h("th", { scope: "col" }, word)))),
      h("tbody", null, versions.map((one) => {
        const run = runs.get(one.run_id);
        return h("tr", null, h("th", { scope: "row" }, one.version), h("td", null, Object.entries(model.aliases).filter(([, alias]) => alias.version === one.version).map(([word]) => `@${word}`).join(", ")),
          h("td", null, one.run_id ? link(one.run_id) : "–"), h("td", null, earlier(run).map(([id, words], i) => [i > 0 && ", ", link(id), ` (${words})`])),
          h("td", null, (run?.datasets ?? []).map((data) => data.name).join(", ") || "–"));
      }))));
  }

  const size = new ResizeObserver(later(100, draw));
  size.observe(frame);
  read();
  return {
    changed(next) {
      model = next;
      read();
    },
    leave() {
      isLeft = true;
      size.disconnect();
    },
  };
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function nodeLink(one, x, y, width, height) {
  const letters = Math.floor((width - 16) / 7);
  return h("a-svg", { href: one.href, class: `node node-${one.layer}`, "aria-label": `${LAYERS[one.layer]} ${one.name}, ${one.words ?? ""}`, dataset: { node: one.id } },
    h("title-svg", null, `${one.name}\n${one.words ?? ""}`), h("rect", { x, y, width, height, rx: 6 }),
    h("text", { class: "node-name", x: x + 8, y: y + 16 }, cut(one.name, letters)), height > 30 && h("text", { class: "node-words", x: x + 8, y: y + 31 }, cut(one.words ?? "", letters + 2)));
}

/** One column a layer; within it nodes lie beside what they lead to, so that few lines cross. */
function columns({ edges }, used, width) {
  const step = Math.max(BOX.width + 34, (width - BOX.width - 24) / Math.max(1, used.length - 1));
  const places = new Map();
  const ordered = used.toReversed().map(([layer, some], i) => {
    const wish = (one) => {
      const near = edges.filter(([from]) => from === one.id).map(([, to]) => places.get(to)?.row).filter((row) => row !== undefined);
      return near.length ? near.reduce((sum, row) => sum + row, 0) / near.length : Infinity;
    };
    const sorted = layer === 4 ? some : some.map((one) => [wish(one), one]).sort((a, b) => a[0] - b[0]).map(([, one]) => one);
    sorted.forEach((one, row) => places.set(one.id, { row, column: used.length - 1 - i }));
    return sorted;
  });
  const rows = Math.max(...ordered.map((some) => some.length));
  const height = 34 + rows * (BOX.height + BOX.gap);
  const x = (id) => 12 + places.get(id).column * step;
  // Short columns stand in the middle of the long ones.
  const y = (id) => 28 + (places.get(id).row + (rows - ordered[used.length - 1 - places.get(id).column].length) / 2) * (BOX.height + BOX.gap);
  const line = ([from, to]) => {
    if (places.get(from).column === places.get(to).column) return h("path", { class: "edge", d: `M${x(from) + BOX.width} ${y(from) + 12}c28 0 28 ${y(to) - y(from) + 14} 0 ${y(to) - y(from) + 14}` });
    const [x1, y1, x2, y2] = [x(from) + BOX.width, y(from) + BOX.height / 2, x(to), y(to) + BOX.height / 2];
    return h("path", { class: "edge", d: `M${x1} ${y1}C${x1 + 30} ${y1} ${x2 - 30} ${y2} ${x2} ${y2}` });
  };
  const total = Math.max(width - 2, 24 + (used.length - 1) * step + BOX.width);
  return h("svg", { width: total, height, viewBox: `0 0 ${total} ${height}`, role: "group", "aria-label": "From data and runs to versions and aliases" },
    used.map(([layer], i) => h("text", { class: "par-tick", x: 12 + i * step, y: 16 }, LAYERS[layer])), edges.map(line),
    ordered.flat().map((one) => nodeLink(one, x(one.id), y(one.id), BOX.width, BOX.height)));
}

/** A row each, what leads to a thing above it and as a rule further left. */
function indented(graph, width) {
  const { edges } = graph;
  const rows = inOrder(graph);
  const y = new Map(rows.map((one, i) => [one.id, 8 + i * ROW]));
  const layer = new Map(rows.map((one) => [one.id, one.layer]));
  const x = (id) => 14 + layer.get(id) * INDENT;
  const height = 16 + rows.length * ROW;
  const line = ([from, to]) => h("path", { class: "edge", d: `M${x(from) + 6} ${y.get(from) + 28}V${y.get(to) + 14}H${x(to)}` });
  return h("svg", { width: width - 2, height, viewBox: `0 0 ${width - 2} ${height}`, role: "group", "aria-label": "From data and runs to versions and aliases" },
    edges.map(line), rows.map((one) => nodeLink(one, x(one.id), y.get(one.id), width - 16 - x(one.id), 28)));
}
