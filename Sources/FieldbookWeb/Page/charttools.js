// The small buttons of a chart: all of it, and the ways to save it.
import { module } from "./api.js";
import { glyph, h } from "./dom.js";
import * as series from "./series.js";

export function chartTools(chart) {
  const tool = (text, label, deed) => h("button", { type: "button", class: "quiet small", title: label, "aria-label": `${label}: ${chart.title}`, onclick: deed }, text);
  return h("span", { class: "chart-tools" },
    tool(glyph("M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5"), "All of it", () => chart.reset()), tool("PNG", "Save as PNG", () => save(chart, "png")),
    tool("SVG", "Save as SVG", () => save(chart, "svg")), tool("CSV", "Save the values drawn as CSV", () => save(chart, "csv")));
}

async function save(chart, kind) {
  const { title } = chart;
  let picture;
  try {
    picture = await module(import("./picture.js"));
  } catch (error) {
    return chart.say(error.message);
  }
  if (kind === "csv") return picture.save(series.csv(chart.curves), `${title}.csv`, "text/csv");
  if (!chart.graph) return chart.say("there is nothing drawn to save");
  const [ink, ground] = [chart.css("--ink"), chart.css("--ground")];
  const area = chart.graph.getArea();
  if (kind === "svg") picture.save(picture.svg(chart.plot, title, (c) => chart.paint(c, area, chart.graph), area, ink, ground), `${title}.svg`, "image/svg+xml");
  else picture.save(await picture.png(chart.plot, title, chart.graph.hidden_, ink, ground), `${title}.png`);
  return null;
}
