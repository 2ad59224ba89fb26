// Tables of markdown: a row of headings, a row of dashes, and rows. (GitHub Flavored Markdown, tables)
import { h, scroller } from "./dom.js";

const DASHES = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** The cells of a line: `\|` is a bar that divides nothing. */
function cells(line) {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

const alignment = (dashes) => (dashes.endsWith(":") ? (dashes.startsWith(":") ? "center" : "right") : dashes.startsWith(":") ? "left" : null);

/** Whether a table begins at `lines[i]`. */
export function isTable(lines, i) {
  const [head, dashes] = [lines[i], lines[i + 1]];
  return dashes !== undefined && head.includes("|") && DASHES.test(dashes) && cells(head).length === cells(dashes).length;
}

/** `{element, next}`: the table at `lines[i]` and the line after it. Rows have as many cells as the headings. */
export function tableAt(lines, i, inline) {
  const heads = cells(lines[i]);
  const sides = cells(lines[i + 1]).map(alignment);
  const rows = [];
  let next = i + 2;
  while (next < lines.length && lines[next].trim() !== "" && lines[next].includes("|")) rows.push(cells(lines[next++]));
  const cell = (tag, text, column) => h(tag, { scope: tag === "th" ? "col" : null, style: sides[column] ? { "text-align": sides[column] } : null }, inline(text ?? ""));
  const element = scroller("Table", h("table", { class: "plain" },
    h("thead", null, h("tr", null, heads.map((text, column) => cell("th", text, column)))),
    h("tbody", null, rows.map((row) => h("tr", null, heads.map((_, column) => cell("td", row[column], column)))))));
  return { element, next };
}
