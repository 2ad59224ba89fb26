// Small curves in a table, of the rows that are seen: the band from min to max, and the last values.
import { post } from "./api.js";
import { h, own } from "./dom.js";
import { number } from "./format.js";

const COLUMNS = 48;
const WIDTH = 104;
const HEIGHT = 22;
const AT_ONCE = 40;

export class Sparklines {
  constructor(drawn) {
    this.drawn = drawn;
    this.known = new Map(); // "run key" → curve, or null while asked for
    this.wanted = [];
  }

  cell(run, key) {
    const name = `${run.run_id} ${key}`;
    if (!own(run.metrics, key)) return h("span", { class: "soft" }, "–");
    const curve = this.known.get(name);
    if (curve) return sparkline(curve);
    if (curve === undefined) {
      this.known.set(name, null);
      this.wanted.push({ run: run.run_id, key });
      this.timer ??= setTimeout(() => this.ask(), 60);
    }
    return h("span", { class: "soft" }, "…");
  }

  async ask() {
    this.timer = null;
    const curves = this.wanted.splice(0, AT_ONCE);
    try {
      const answer = await post("curves", { curves, axis: "step", from: null, to: null, columns: COLUMNS });
      for (const one of answer.curves) this.known.set(`${one.run} ${one.key}`, one);
      this.drawn();
    } catch {
      for (const one of curves) this.known.delete(`${one.run} ${one.key}`);
    }
    if (this.wanted.length) this.timer = setTimeout(() => this.ask(), 0);
  }

  /** Of runs that go on the curves may be old. */
  forget(runs) {
    for (const run of runs) {
      if (run.status !== "RUNNING") continue;
      for (const name of this.known.keys()) if (name.startsWith(run.run_id)) this.known.delete(name);
    }
  }
}

export function sparkline(curve) {
  const columns = curve.columns.filter((one) => Number.isFinite(number(one[5])));
  if (!columns.length) return h("span", { class: "soft" }, "no finite value");
  const x0 = curve.columns[0][0];
  const x1 = Math.max(curve.columns.at(-1)[3], x0 + 1);
  let low = Infinity;
  let high = -Infinity;
  for (const one of columns) {
    low = Math.min(low, one[5]);
    high = Math.max(high, one[6]);
  }
  const scale = high > low ? high - low : 1;
  const x = (v) => (2 + ((v - x0) / (x1 - x0)) * (WIDTH - 4)).toFixed(1);
  const y = (v) => (HEIGHT - 2 - ((v - low) / scale) * (HEIGHT - 4)).toFixed(1);
  const top = columns.map((one) => `${x(one[3])},${y(one[6])}`);
  const bottom = columns.map((one) => `${x(one[3])},${y(one[5])}`).reverse();
  const line = columns.filter((one) => Number.isFinite(number(one[4]))).map((one) => `${x(one[3])},${y(one[4])}`);
  return h("svg", { class: "spark", width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${curve.key}: from ${low} to ${high}` },
    columns.length > 1 && h("path", { class: "spark-band", d: `M${top.join("L")}L${bottom.join("L")}Z` }),
    line.length > 1 ? h("path", { class: "spark-line", d: `M${line.join("L")}` }) : h("circle", { class: "spark-dot", cx: x(columns[0][3]), cy: y(columns[0][6]), r: 2 }));
}
