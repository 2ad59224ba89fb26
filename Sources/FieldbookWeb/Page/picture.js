// A chart as a file: PNG from its canvas, SVG by drawing it again into paths, CSV of what was drawn.
import { around, fontOf, HEAD, paintSwatches } from "./picturewords.js";

/** Records canvas operations as SVG elements. Only what paint.js uses. */
class Recorder {
  constructor() {
    Object.assign(this, { shapes: [], path: "", dash: "", globalAlpha: 1, lineWidth: 1, strokeStyle: "#000", fillStyle: "#000" });
  }
  beginPath() { this.path = ""; }
  moveTo(x, y) { this.path += `M${x.toFixed(2)} ${y.toFixed(2)}`; }
  lineTo(x, y) { this.path += `L${x.toFixed(2)} ${y.toFixed(2)}`; }
  closePath() { this.path += "Z"; }
  arc(x, y, r) { this.path += `M${(x - r).toFixed(2)} ${y.toFixed(2)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`; }
  setLineDash(lengths) { this.dash = lengths.join(" "); }
  stroke() {
    if (this.path) this.shapes.push(`<path d="${this.path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-opacity="${this.globalAlpha}"${this.dash ? ` stroke-dasharray="${this.dash}"` : ""}/>`);
  }
  fill() {
    if (this.path) this.shapes.push(`<path d="${this.path}" fill="${this.fillStyle}" fill-opacity="${this.globalAlpha}"/>`);
  }
}

/** XML has no place for control characters and halves of letters, which names of peers may have. */
const escaped = (text) => String(text).replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
  .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** `draw(c)` paints the curves into `area`. */
export function svg(plot, title, draw, area, ink, ground) {
  const [lines, swatches] = [new Recorder(), new Recorder()];
  draw(lines);
  const { width, height } = plot.getBoundingClientRect();
  const words = around(plot, title);
  paintSwatches(swatches, words.swatches);
  const whole = height + HEAD + words.below;
  const texts = words.texts.map((one) => `<text x="${one.x.toFixed(1)}" y="${one.y.toFixed(1)}" font-size="${one.font.size}" font-weight="${one.font.weight}" text-anchor="${one.anchor}">${escaped(one.text)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${whole}" viewBox="0 -${HEAD} ${width} ${whole}" font-family="sans-serif" fill="${ink}">
<title>${escaped(title)}</title><rect y="-${HEAD}" width="100%" height="100%" fill="${ground}"/>
<clipPath id="plot"><rect x="${area.x}" y="${area.y}" width="${area.w}" height="${area.h}"/></clipPath>
<path d="M${area.x} ${area.y}V${area.y + area.h}H${area.x + area.w}" fill="none" stroke="${ink}" stroke-opacity="0.4"/>
<g clip-path="url(#plot)">${lines.shapes.join("\n")}</g>
${[...swatches.shapes, ...texts].join("\n")}
</svg>
`;
}

export function png(plot, title, canvas, ink, ground) {
  const { width, height } = plot.getBoundingClientRect();
  const words = around(plot, title);
  const scale = 2;
  const picture = document.createElement("canvas");
  picture.width = width * scale;
  picture.height = (height + HEAD + words.below) * scale;
  const c = picture.getContext("2d");
  c.scale(scale, scale);
  c.fillStyle = ground;
  c.fillRect(0, 0, width, height + HEAD + words.below);
  c.translate(0, HEAD);
  c.drawImage(canvas, 0, 0, width, height);
  paintSwatches(c, words.swatches);
  c.fillStyle = ink;
  for (const one of words.texts) {
    c.font = fontOf(one.font);
    c.textAlign = one.anchor === "middle" ? "center" : one.anchor;
    c.fillText(one.text, one.x, one.y);
  }
  return new Promise((done) => picture.toBlob(done, "image/png"));
}

export function save(content, name, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replace(/[^\w.-]+/g, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
