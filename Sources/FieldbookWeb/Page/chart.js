// One chart: curves of one or more runs over steps or time. dygraphs gives axes, grid, zoom and touch; paint.js the curves.
import { ask, askSince } from "./curves.js";
import { h, later } from "./dom.js";
import * as format from "./format.js";
import { Legend, words } from "./legend.js";
import { paint } from "./paint.js";
import * as picture from "./picture.js";
import { isHere, libraryMissing, plot } from "./plot.js";
import * as series from "./series.js";

const FRESH = 60; // columns asked for of what came since
const MOST_SMOOTH = 0.15; // the longest half-life, as a part of the whole axis

/** Charts whose cursors move together. */
export class Group {
  constructor() { this.charts = new Set(); }
  point(x) { for (const one of this.charts) one.point(x); }
}

/** `curves`: `{run, key, label, color, start}`, `start` in milliseconds. `settings`: `{axis, isLog, smooth}`, smooth from 0 to 100. */
export class Chart {
  constructor({ title, curves, settings, group = new Group(), isTall = false, link = null }) {
    Object.assign(this, { title, settings, group, window: null, userY: null, full: null, isSeen: false, isOld: true, hidden: new Set() });
    this.curves = curves.map((one) => ({ ...one, columns: [], absent: 0, warmUp: [] }));
    this.plot = h("div", { class: `plot${isTall ? " plot-tall" : ""}`, tabindex: 0, role: "img", "aria-label": `${title}: loading` });
    this.rule = h("div", { class: "rule", hidden: true });
    this.legend = new Legend(this.curves, (one) => this.turn(one));
    this.said = h("p", { class: "chart-note", hidden: true });
    this.element = h("figure", { class: "chart", dataset: { title } },
      h("figcaption", null, h("strong", { title }, link ? h("a", { href: link }, title) : title), this.legend.readout, this.tools()),
      isHere() ? h("div", { class: "plot-frame" }, this.plot, this.rule) : libraryMissing(), this.said, this.legend.list);
    group.charts.add(this);
    this.soon = later(90, () => this.load());
    this.plot.addEventListener("mousemove", (event) => this.pointAt(event));
    this.plot.addEventListener("mouseleave", () => this.group.point(null));
    this.plot.addEventListener("keydown", (event) => this.key(event));
    this.repaint = () => { this.graph?.updateOptions({ gridLineColor: this.css("--grid"), axisLineColor: this.css("--line-strong") }); };
    addEventListener("themechange", this.repaint);
    this.sight = new IntersectionObserver((entries) => {
      this.isSeen = entries.at(-1).isIntersecting;
      if (this.isSeen && this.isOld) this.load();
    }, { rootMargin: "200px" });
    this.sight.observe(this.element);
    this.size = new ResizeObserver(later(120, () => this.graph?.resize()));
    this.size.observe(this.plot);
    this.drawLegend(null);
  }

  css(name) { return getComputedStyle(this.element).getPropertyValue(name).trim(); }

  tools() {
    const tool = (text, label, deed) => h("button", { type: "button", class: "quiet small", title: label, "aria-label": `${label}: ${this.title}`, onclick: deed }, text);
    return h("span", { class: "chart-tools" },
      tool("⤢", "All of it", () => this.reset()), tool("PNG", "Save as PNG", () => this.save("png")),
      tool("SVG", "Save as SVG", () => this.save("svg")), tool("CSV", "Save the values drawn as CSV", () => this.save("csv")));
  }

  toX(curve) { return series.shownPlace(this.settings.axis, curve.start ?? 0); }
  fromX(curve) { return series.queriedPlace(this.settings.axis, curve.start ?? 0); }
  get visible() { return this.curves.filter((one) => !this.hidden.has(one)); }

  /** New settings: what was asked for another axis is of no use. */
  set(settings) {
    const isOther = settings.axis !== this.settings.axis;
    this.settings = settings;
    if (isOther) {
      this.window = null;
      this.full = null;
      this.userY = null;
      this.graph?.destroy();
      this.graph = null;
    }
    this.isOld = true;
    if (this.isSeen) this.load();
  }

  /** Asks for what the window shows, as many columns as there are pixels. */
  async load() {
    this.isOld = false;
    if (!isHere()) return;
    this.stop?.abort();
    const stop = this.stop = new AbortController();
    const columns = Math.max(200, Math.min(1600, Math.round(this.plot.clientWidth) || 800));
    try {
      const answers = await ask(this.curves, this.settings.axis, this.window, columns, stop.signal);
      const needsPast = this.window && this.settings.smooth > 0 && this.full;
      const past = needsPast ? await ask(this.curves, this.settings.axis, [this.full[0], this.window[0]], 200, stop.signal) : null;
      this.curves.forEach((one, i) => {
        one.columns = answers[i].columns;
        one.absent = answers[i].absent;
        one.warmUp = past ? past[i].columns.filter((column) => column[series.PLACE] < (one.columns[0]?.[series.FROM] ?? Infinity)) : [];
        if (!this.window) one.end = one.columns.at(-1)?.[series.PLACE];
      });
      this.draw();
    } catch (error) {
      if (error.name !== "AbortError") this.say(error.message + (error.hint ? `: ${error.hint}` : ""));
    }
  }

  /** Something changed in the replica: only what lies after the last column is fetched. */
  async changed() {
    if (!this.isSeen) { this.isOld = true; return; }
    if (!isHere() || !this.full) return;
    const isAtEnd = !this.window || this.curves.some((one) => one.end !== undefined && this.toX(one)(one.end) <= this.window[1]);
    if (!isAtEnd) return;
    const width = Math.max(200, this.plot.clientWidth);
    if (this.curves.some((one) => one.columns.length === 0 || one.columns.length > 2 * width)) return this.load();
    const stop = this.stop;
    try {
      await Promise.all(this.curves.map(async (one) => {
        const fresh = await askSince(one, this.settings.axis, FRESH);
        if (stop !== this.stop) return;
        one.columns = series.joined(one.columns, fresh.columns);
        one.absent = fresh.absent || one.absent;
        one.end = one.columns.at(-1)[series.PLACE];
      }));
      this.draw();
    } catch { /* the next change tries again */ }
  }

  draw() {
    const some = this.curves.filter((one) => one.columns.length);
    this.element.fieldbookCurves = this.curves.map(({ run, key, columns, absent }) => ({ run, key, columns, absent }));
    const absent = this.curves.reduce((sum, one) => sum + one.absent, 0);
    this.say(!some.length && !this.window ? "no points here yet" : absent ? `${format.count(absent, "point")} known and not on this replica: fieldbook sync` : null);
    if (!this.window) {
      const ends = some.map((one) => [this.toX(one)(one.columns[0][series.PLACE]), this.toX(one)(one.columns.at(-1)[series.PLACE])]);
      this.full = ends.length ? [Math.min(...ends.map((one) => one[0])), Math.max(...ends.map((one) => one[1]))] : null;
    }
    if (!this.full) return;
    const half = ((this.settings.smooth / 100) ** 2) * MOST_SMOOTH * (this.full[1] - this.full[0]) * (this.settings.axis === "relative" ? 1000 : 1);
    for (const one of this.curves) {
      one.gap = series.gapLength(one.columns);
      one.smooth = this.settings.smooth > 0 && half > 0 ? series.smoothed(one.columns, half, one.warmUp) : null;
    }
    const pad = (this.full[1] - this.full[0]) * 0.006 || 0.5;
    const all = [this.full[0] - pad, this.full[1] + pad];
    const window = this.window ?? all;
    const rows = all.map((x) => [this.settings.axis === "time" ? new Date(x) : x, 1]);
    this.range = this.userY ?? this.extent(window);
    const options = { file: rows, dateWindow: window, valueRange: this.range, logscale: this.settings.isLog };
    this.isMine = true;
    if (this.graph) this.graph.updateOptions(options);
    else this.graph = plot(this, rows, options);
    this.isMine = false;
    this.element.fieldbookWindow = window;
    this.element.fieldbookPixel = (x) => this.plot.getBoundingClientRect().left + this.graph.toDomXCoord(x);
    this.plot.setAttribute("aria-label", this.description());
    this.drawLegend(null);
  }

  extent([a, b]) {
    const { isLog } = this.settings;
    const parts = this.visible.map((one) => series.extent(one.columns, this.toX(one), a, b, isLog)).filter(Boolean);
    if (!parts.length) return isLog ? [0.1, 10] : [0, 1];
    const low = Math.min(...parts.map((one) => one[0]));
    const high = Math.max(...parts.map((one) => one[1]));
    if (isLog) return [low / 1.15, high * 1.15];
    const pad = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
    return [low - pad, high + pad];
  }

  paint(c, area, graph, curves = this.visible) {
    paint(c, curves.map((one) => ({ ...one, toX: this.toX(one) })), {
      x: (v) => graph.toDomXCoord(v), y: (v) => graph.toDomYCoord(v), area, isLog: this.settings.isLog,
    });
  }

  zoom(window) {
    this.window = window;
    this.userY = null;
    this.isMine = true;
    this.range = this.extent(window);
    this.graph?.updateOptions({ dateWindow: window, valueRange: this.range });
    this.isMine = false;
    this.load();
  }

  reset() {
    this.window = null;
    this.userY = null;
    this.load();
  }

  pointAt(event) {
    if (!this.graph) return;
    const x = this.graph.toDataXCoord(event.clientX - this.plot.getBoundingClientRect().left);
    this.group.point(x);
  }

  /** The cursor stands at `x` of the axis; null for nowhere. */
  point(x) {
    this.cursor = x;
    const [a, b] = this.element.fieldbookWindow ?? [0, 0];
    this.rule.hidden = x === null || !this.graph || x < a || x > b;
    if (!this.rule.hidden) this.rule.style.setProperty("left", `${this.graph.toDomXCoord(x)}px`);
    this.drawLegend(x);
  }

  drawLegend(x) { this.legend.show(this.settings.axis, x, (one) => this.fromX(one)); }

  /** Hides a curve or shows it again; true if it is hidden now. */
  turn(one) {
    const isHidden = !this.hidden.delete(one);
    if (isHidden) this.hidden.add(one);
    this.draw();
    return isHidden;
  }

  description() {
    return `${this.title}. ${this.curves.map((one) => `${one.label}: last ${words(one, null)}`).join("; ")}. Arrow keys move the cursor, + and - zoom, 0 shows all.`;
  }

  key(event) {
    if (!this.graph || event.ctrlKey || event.metaKey) return;
    const [a, b] = this.graph.xAxisRange();
    const at = this.cursor ?? (a + b) / 2;
    const deeds = {
      ArrowLeft: () => this.group.point(Math.max(a, at - (b - a) / 100)), ArrowRight: () => this.group.point(Math.min(b, at + (b - a) / 100)),
      "+": () => this.zoom([at - (at - a) / 2, at + (b - at) / 2]), "-": () => this.zoom([Math.max(this.full[0], a - (b - a) / 2), Math.min(this.full[1], b + (b - a) / 2)]), 0: () => this.reset(),
    };
    if (!deeds[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    deeds[event.key]();
  }

  say(words) {
    this.said.hidden = !words;
    this.said.textContent = words ?? "";
  }

  async save(kind) {
    if (kind === "csv") return picture.save(series.csv(this.curves), `${this.title}.csv`, "text/csv");
    if (!this.graph) return this.say("there is nothing drawn to save");
    const [ink, ground] = [this.css("--ink"), this.css("--ground")];
    const area = this.graph.getArea();
    if (kind === "svg") picture.save(picture.svg(this.plot, this.title, (c) => this.paint(c, area, this.graph), area, ink, ground), `${this.title}.svg`, "image/svg+xml");
    else picture.save(await picture.png(this.plot, this.title, this.graph.hidden_, ink, ground), `${this.title}.png`);
  }

  leave() {
    this.stop?.abort();
    this.soon.stop();
    this.sight.disconnect();
    this.size.disconnect();
    removeEventListener("themechange", this.repaint);
    this.group.charts.delete(this);
    this.graph?.destroy();
    this.graph = null;
  }
}
