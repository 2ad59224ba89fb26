// What stands around the plot in a picture of a chart: the metric's name above it, below it what the axis is and whose line is whose. Placed
// in pixels, for a canvas and for SVG alike.
import { axisTitle } from "./settings.js";

export const HEAD = 22;
const AXIS = 18;
const LINE = 18;
const PAD = 6;
const SWATCH = 22;
const GAP = 16; // between two names
const LONGEST = 320; // pixels of a name

const TITLE = { size: 13, weight: 600 };
const WORDS = { size: 11, weight: 400 };
export const fontOf = ({ size, weight }) => `${weight} ${size}px sans-serif`;

/** `[{text, x, y, font, anchor}]` and `[{color, dashes, x, y, width, alpha}]` from the plot's corner, and the height of all that is below it. */
export function around(plot, title) {
  const { width, height } = plot.getBoundingClientRect();
  const measure = measurer();
  const texts = [{ text: cut(title, width - 2 * PAD, TITLE, measure), x: PAD, y: -7, font: TITLE, anchor: "start" }];
  const chart = plot.closest(".chart");
  const axis = axisTitle(chart.querySelector(".readout").dataset.axis);
  texts.push(...ticks(plot), { text: axis, x: width / 2, y: height + 11, font: WORDS, anchor: "middle" });

  const swatches = [];
  let [x, y] = [PAD, height + AXIS + 12];
  const most = Math.min(LONGEST, width - 2 * PAD - SWATCH - PAD);
  const names = visible(chart);
  for (const one of names) {
    const text = cut(one.name, most, WORDS, measure);
    const long = SWATCH + PAD + measure(text, WORDS);
    if (x > PAD && x + long > width - PAD) [x, y] = [PAD, y + LINE];
    swatches.push({ ...one.look, x, y: y - 4 });
    texts.push({ text, x: x + SWATCH + PAD, y, font: WORDS, anchor: "start" });
    x += long + GAP;
  }
  return { texts, swatches, below: AXIS + (names.length ? y - height - AXIS + PAD : 0) };
}

/** The legend's lines of the curves that are drawn; a chart of one curve has no legend. */
function visible(chart) {
  return [...chart.querySelectorAll(".legend button[aria-pressed=true]")].map((one) => {
    const isFaint = one.classList.contains("legend-faint");
    return {
      name: one.querySelector(".legend-name").textContent,
      look: { color: one.dataset.color, dashes: one.dataset.dashes.split(" ").filter(Boolean).map(Number), width: isFaint ? 1 : 2.5, alpha: isFaint ? 0.6 : 1 },
    };
  });
}

/** What the axes say. */
function ticks(plot) {
  const corner = plot.getBoundingClientRect();
  return [...plot.querySelectorAll(".dygraph-axis-label")].map((one) => {
    const box = one.getBoundingClientRect();
    const isX = one.classList.contains("dygraph-axis-label-x");
    return { text: one.textContent, x: (isX ? box.left + box.width / 2 : box.right) - corner.left, y: box.top - corner.top + box.height / 2 + 4, font: WORDS, anchor: isX ? "middle" : "end" };
  });
}

function measurer() {
  const c = document.createElement("canvas").getContext("2d");
  return (text, font) => {
    c.font = fontOf(font);
    return c.measureText(text).width;
  };
}

/** As much of the beginning as there is room for. */
function cut(text, most, font, measure) {
  if (measure(text, font) <= most) return text;
  const letters = [...text].slice(0, 1000);
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${letters.slice(0, middle).join("")}…`, font) <= most) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("")}…`;
}

/** Draws the swatches with what a canvas and the recorder of picture.js share. */
export function paintSwatches(c, swatches) {
  for (const one of swatches) {
    c.globalAlpha = one.alpha;
    c.strokeStyle = one.color;
    c.lineWidth = one.width;
    c.setLineDash(one.dashes);
    c.beginPath();
    c.moveTo(one.x, one.y);
    c.lineTo(one.x + SWATCH, one.y);
    c.stroke();
  }
  c.setLineDash([]);
  c.globalAlpha = 1;
}
