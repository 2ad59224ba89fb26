// A patch to read: a file at a time, folded, its lines with the numbers of both sides. Lines are made when a file is opened.
import { h, fill } from "./dom.js";
import * as format from "./format.js";
import { readPatch } from "./patch.js";

const OPEN_LINES = 400; // of the first files, together, that are open at once
const AT_ONCE = 1500; // lines of a file
const FILES = 300;

/** `text` of a unified diff; `isCut` when it was too long to be sent whole. */
export function patchView(text, isCut) {
  const files = readPatch(text);
  let open = 0;
  const sum = (side) => files.reduce((all, file) => all + file[side], 0);
  const list = h("div", { class: "patch" });
  more(0);
  return [
    h("p", { class: "tools" }, h("span", { id: "patch-tally" }, format.count(files.length, "file differs", "files differ"), ", ", h("span", { class: "good" }, `+${sum("added").toLocaleString("en")}`), " ", h("span", { class: "bad" }, `−${sum("removed").toLocaleString("en")}`)),
      h("button", { type: "button", class: "small", onclick: () => turn(true) }, "Open all"), h("button", { type: "button", class: "small", onclick: () => turn(false) }, "Fold all")),
    isCut && h("p", { class: "warn" }, "The patch is longer than what is shown here: what follows is its beginning."), list,
  ];

  function more(from) {
    list.append(...files.slice(from, from + FILES).map((file) => {
      const lines = file.hunks.reduce((all, hunk) => all + hunk.lines.length, 0);
      open += lines;
      return fileBox(file, open <= OPEN_LINES);
    }));
    if (files.length <= from + FILES) return;
    const button = h("button", { type: "button", onclick() { button.remove(); more(from + FILES); } }, `${files.length - from - FILES} more files`);
    list.append(button);
  }

  /** At most as many as a browser draws at once. */
  function turn(isOpen) {
    let lines = 0;
    for (const box of list.querySelectorAll("details")) {
      lines += box.open ? 0 : box.fieldbookLines;
      box.open = isOpen && lines <= 20_000;
    }
  }
}

function fileBox(file, isOpen) {
  const inside = h("div", { class: "patch-lines", tabindex: 0, role: "region", "aria-label": `Changes of ${file.path}` });
  const lines = file.hunks.flatMap((hunk) => [{ kind: "hunk", text: hunk.heading, first: hunk.lines[0] }, ...hunk.lines]);
  const box = h("details", { class: "patch-file", ontoggle: draw }, h("summary", null,
    h("span", { class: "file-name" }, file.before && file.before !== file.path ? `${file.before} → ${file.path}` : file.path || "(no name)"),
    file.notes.map((note) => h("span", { class: "chip" }, note)),
    h("span", { class: "patch-count" }, h("span", { class: "good" }, `+${file.added}`), " ", h("span", { class: "bad" }, `−${file.removed}`))), inside);
  box.fieldbookLines = lines.length;
  function draw() {
    if (!box.open || inside.childElementCount) return;
    if (!lines.length) fill(inside, h("p", { class: "soft" }, file.notes.includes("binary") ? "These are no words." : "Nothing of its lines differs."));
    else fill(inside, h("table", { class: "lines" }, body(0)));
  }
  function body(from) {
    const rows = h("tbody", null, lines.slice(from, from + AT_ONCE).map(row));
    if (lines.length > from + AT_ONCE) {
      const button = h("button", { type: "button", class: "small", onclick() { button.closest("tr").remove(); rows.after(body(from + AT_ONCE)); } }, `${lines.length - from - AT_ONCE} more lines`);
      rows.append(h("tr", null, h("td", { colspan: 3 }, button)));
    }
    return rows;
  }
  box.open = isOpen;
  if (isOpen) draw();
  return box;
}

const SIGN = { added: "+", removed: "−", same: " ", note: "\\" };

function row(line) {
  if (line.kind === "hunk") return h("tr", { class: "line-hunk" }, h("td", { colspan: 3 }, `line ${line.first?.now ?? line.first?.old ?? "?"}`, line.text && h("span", { class: "mono" }, `  ${line.text}`)));
  return h("tr", { class: `line-${line.kind}` }, h("td", { class: "line-number" }, line.old), h("td", { class: "line-number" }, line.now), h("td", { class: "line-text" }, SIGN[line.kind], " ", line.text));
}
