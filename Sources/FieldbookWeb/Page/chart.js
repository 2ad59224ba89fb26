// One chart: curves of one or more runs over steps or time. dygraphs gives axes, grid, zoom and touch; paint.js the curves.
import { load, loadNew } from "./chartdata.js";
import { chartTools } from "./charttools.js";
import { h, later } from "./dom.js";
import * as format from "./format.js";
import { Legend, words } from "./legend.js";
import { paint } from "./paint.js";
import { isHere, libraryMissing, pixelOf, plot } from "./plot.js";
import * as series from "./series.js";

const MOST_SMOOTH = 0.15; // the longest half-life, as a part of the whole axis

/** Charts whose cursors move together. */
export class Cursors {
  constructor() { this.charts = new Set(); }
  point(x) { for (const one of this.charts) one.point(x); }
}

/**
 * `curves`: `{run, key, label, color, dashes, start}`, `start` in milliseconds, or of a group `{members, key, label, color, dashes, band}` (groupcurves.js);
 * with `isFaint` a line is a thin one. `settings`: `{axis, isLog, isLogX, smooth}`, smooth from 0 to 100.
 */
export class Chart {
  constructor({ title, curves, settings, cursors = new Cursors(), isTall = false, link = null }) {
    Object.assign(this, { title, settings, cursors, window: null, userY: null, full: null, isSeen: false, isOld: true, hidden: new Set() });
    this.curves = curves.map((one) => ({ ...one, columns: [], absent: 0, warmUp: [] }));
    this.plot = h("div", { class: `plot${isTall ? " plot-tall" : ""}`, tabindex: 0, role: "img", "aria-label": `${title}: loading` });
    this.rule = h("div", { class: "rule", hidden: true });
    this.legend = new Legend(this.curves, (one) => this.turn(one));
    this.said = h("p", { class: "chart-note", hidden: true });
    this.element = h("figure", { class: "chart", dataset: { title } },
      h("figcaption", null, h("strong", { title }, link ? h("a", { href: link }, title) : title), this.legend.readout, chartTools(this)),
      isHere() ? h("div", { class: "plot-frame" }, this.plot, this.rule) : libraryMissing(), this.said, this.legend.list);
    cursors.charts.add(this);
    this.soon = later(90, () => this.load());
    this.plot.addEventListener("mousemove", (event) => this.pointAt(event));
    this.plot.addEventListener("mouseleave", () => this.cursors.point(null));
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

  toX(curve) { return series.shownPlace(this.settings.axis, curve.start ?? 0); }
  fromX(curve) { return series.queriedPlace(this.settings.axis, curve.start ?? 0); }
  get visible() { return this.curves.filter((one) => !this.hidden.has(one)); }

  /** New settings: what was asked for another axis is of no use. */
  set(settings) {
    const isOther = settings.axis !== this.settings.axis || settings.isLogX !== this.settings.isLogX;
    this.settings = settings;
    for (const one of this.curves) if (one.members) one.band = settings.band;
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

  load() { return load(this); }
  changed() { return loadNew(this); }

  draw() {
    const some = this.curves.filter((one) => one.columns.length);
    this.element.fieldbookCurves = this.curves.map(({ run, key, label, members, columns, absent }) => ({ run, key, columns, absent, ...(members && { group: label, members }) }));
    const absent = this.curves.reduce((sum, one) => sum + one.absent, 0);
    const left = this.curves.filter((one) => one.left && !one.members).reduce((sum, one) => sum + one.left, 0);
    const isLeft = left || this.curves.some((one) => one.left);
    this.say([
      isLeft && `${left ? format.count(left, "point") : "points of groups"} before the axis begins: a logarithm has no place for them`,
      absent > 0 && `${format.count(absent, "point")} known and not on this replica: fieldbook sync`,
    ].filter(Boolean).join("; ") || (!some.length && !this.window ? "no points here yet" : null));
    if (!this.window) {
      const ends = some.map((one) => [this.toX(one)(one.columns[0][series.PLACE]), this.toX(one)(one.columns.at(-1)[series.PLACE])]);
      this.full = ends.length ? [Math.min(...ends.map((one) => one[0])), Math.max(...ends.map((one) => one[1]))] : null;
    }
    if (!this.full) return;
    const { isLogX } = this.settings;
    const length = isLogX ? Math.log(this.full[1] / this.full[0]) : (this.full[1] - this.full[0]) * (this.settings.axis === "relative" ? 1000 : 1);
    const half = ((this.settings.smooth / 100) ** 2) * MOST_SMOOTH * length;
    for (const one of this.curves) {
      const place = isLogX ? (column) => Math.log(this.toX(one)(column[series.PLACE])) : undefined;
      one.gap = series.gapLength(one.columns);
      one.smooth = this.settings.smooth > 0 && half > 0 ? series.smoothed(one.columns, half, one.warmUp, place) : null;
    }
    const pad = (this.full[1] - this.full[0]) * 0.006 || 0.5;
    const times = (this.full[1] / this.full[0]) ** 0.006 || 1;
    const all = isLogX ? [this.full[0] / Math.max(1.02, times), this.full[1] * Math.max(1.02, times)] : [this.full[0] - pad, this.full[1] + pad];
    const window = this.window ?? all;
    const rows = all.map((x) => [this.settings.axis === "time" ? new Date(x) : x, 1]);
    this.range = this.userY ?? this.extent(window);
    const options = { file: rows, dateWindow: window, valueRange: this.range, logscale: this.settings.isLog };
    this.isMine = true;
    if (this.graph) this.graph.updateOptions(options);
    else this.graph = plot(this, rows, options);
    this.isMine = false;
    this.element.fieldbookWindow = window;
    this.element.fieldbookPixel = (x) => this.plot.getBoundingClientRect().left + pixelOf(this.graph, x);
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
      x: (v) => pixelOf(graph, v), y: (v) => graph.toDomYCoord(v), area, isLog: this.settings.isLog,
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
    this.cursors.point(x);
  }

  /** The cursor stands at `x` of the axis; null for nowhere. */
  point(x) {
    this.cursor = x;
    const [a, b] = this.element.fieldbookWindow ?? [0, 0];
    this.rule.hidden = x === null || !this.graph || x < a || x > b;
    if (!this.rule.hidden) this.rule.style.setProperty("left", `${pixelOf(this.graph, x)}px`);
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
      ArrowLeft: () => this.cursors.point(Math.max(a, at - (b - a) / 100)), ArrowRight: () => this.cursors.point(Math.min(b, at + (b - a) / 100)),
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

  leave() {
    this.stop?.abort();
    this.soon.stop();
    this.sight.disconnect();
    this.size.disconnect();
    removeEventListener("themechange", this.repaint);
    this.cursors.charts.delete(this);
    this.graph?.destroy();
    this.graph = null;
  }
}
