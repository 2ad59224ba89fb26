// The library that draws axes and grid and hears zoom and touch: dygraphs, if the server has it.
import { h } from "./dom.js";
import * as format from "./format.js";

export const isHere = () => typeof globalThis.Dygraph === "function";

/** Said once where charts would be. */
export const libraryMissing = () => (isHere() ? null : h("div", { class: "failure library-missing", role: "note" },
  h("p", null, h("strong", null, "Charts need the library dygraphs, which this server has not found.")),
  h("p", { class: "hint" }, "Install it where the server runs: ", h("code", null, "apt install libjs-dygraphs"), ", then load this page again. Everything else works without it.")));

/** The pixel of a place on the x axis, from the plot's left edge. dygraphs 2.2 leaves the logarithm out of its own `toDomXCoord`. */
export function pixelOf(graph, x) {
  const area = graph.getArea();
  return area.x + graph.toPercentXCoord(x) * area.w;
}

/** Steps are whole; a tick that was reached by adding fifths is not quite. */
const stepLabel = (x) => (Math.abs(x - Math.round(x)) < 1e-6 ? Math.round(x).toLocaleString("en") : "");

/** A graph without curves of its own: `chart` paints them, hears of zooming, and owns window and range. */
export function plot(chart, rows, { file, ...options }) {
  const { axis, isLogX } = chart.settings;
  const label = { step: stepLabel, relative: (x) => format.duration(x * 1000) }[axis];
  // Its legend is made of markup, and its style attributes are against the policy of the page: ours is below the chart.
  const library = globalThis.Dygraph;
  library.PLUGINS = library.PLUGINS.filter((one) => one !== library.Plugins.Legend);
  return new library(chart.plot, rows, {
    ...options, labels: ["x", "y"], legend: "never", showLabelsOnHighlight: false, highlightCircleSize: 0, animatedZooms: false,
    gridLineColor: chart.css("--grid"), axisLineColor: chart.css("--line-strong"), gridLineWidth: 1, rightGap: 10, xRangePad: 0,
    plotter: (e) => chart.paint(e.drawingContext, e.plotArea, e.dygraph),
    interactionModel: { ...library.defaultInteractionModel, dblclick: () => chart.reset() },
    axes: {
      x: { ...(label ? { axisLabelFormatter: label } : {}), axisLabelWidth: 70, pixelsPerLabel: 60, logscale: isLogX },
      y: { axisLabelFormatter: (v) => format.brief(v, 4), axisLabelWidth: 54, pixelsPerLabel: 32 },
    },
    zoomCallback: (a, b, [y]) => {
      // Dragged up or down, the range is another one; dragged across, it is as it was drawn.
      const [low, high] = chart.range;
      if (Math.abs(y[0] - low) + Math.abs(y[1] - high) > Math.abs(high - low) * 1e-6) chart.userY = chart.range = y;
      else chart.zoom([a, b]);
    },
    drawCallback: (graph) => {
      if (chart.isMine || !chart.graph) return;
      const [a, b] = graph.xAxisRange();
      const now = chart.window ?? chart.element.fieldbookWindow;
      if (now && Math.abs(a - now[0]) + Math.abs(b - now[1]) > (b - a) * 1e-4) {
        chart.window = [a, b];
        chart.soon();
      }
    },
  });
}
