// A chart as a file: PNG from its canvas, SVG by drawing it again into paths, CSV of what was drawn.

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

const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** What the axes say, with places in pixels from the plot's corner. */
function labels(plot) {
  const corner = plot.getBoundingClientRect();
  return [...plot.querySelectorAll(".dygraph-axis-label")].map((one) => {
    const box = one.getBoundingClientRect();
    return { text: one.textContent, x: box.left - corner.left + box.width / 2, y: box.top - corner.top + box.height / 2, isX: one.classList.contains("dygraph-axis-label-x"), right: box.right - corner.left };
  });
}

export function svg(plot, title, draw, area, ink, ground) {
  const recorder = new Recorder();
  draw(recorder);
  const { width, height } = plot.getBoundingClientRect();
  const words = labels(plot).map((one) => `<text x="${(one.isX ? one.x : one.right).toFixed(1)}" y="${(one.y + 4).toFixed(1)}" text-anchor="${one.isX ? "middle" : "end"}">${escaped(one.text)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + 22}" viewBox="0 -22 ${width} ${height + 22}" font-family="sans-serif" font-size="11" fill="${ink}">
<title>${escaped(title)}</title><rect y="-22" width="100%" height="100%" fill="${ground}"/><text x="6" y="-7" font-size="13" font-weight="600">${escaped(title)}</text>
<clipPath id="plot"><rect x="${area.x}" y="${area.y}" width="${area.w}" height="${area.h}"/></clipPath>
<path d="M${area.x} ${area.y}V${area.y + area.h}H${area.x + area.w}" fill="none" stroke="${ink}" stroke-opacity="0.4"/>
<g clip-path="url(#plot)">${recorder.shapes.join("\n")}</g>
${words.join("\n")}
</svg>
`;
}

export function png(plot, title, canvas, ink, ground) {
  const { width, height } = plot.getBoundingClientRect();
  const scale = 2;
  const picture = document.createElement("canvas");
  picture.width = width * scale;
  picture.height = (height + 22) * scale;
  const c = picture.getContext("2d");
  c.scale(scale, scale);
  c.fillStyle = ground;
  c.fillRect(0, 0, width, height + 22);
  c.fillStyle = ink;
  c.font = "600 13px sans-serif";
  c.fillText(title, 6, 15);
  c.translate(0, 22);
  c.drawImage(canvas, 0, 0, width, height);
  c.font = "11px sans-serif";
  for (const one of labels(plot)) {
    c.textAlign = one.isX ? "center" : "right";
    c.fillText(one.text, one.isX ? one.x : one.right, one.y + 4);
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
