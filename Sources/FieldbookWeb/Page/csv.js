// Comma-separated values as a table, as far as a person looks.
import { h, scroller } from "./dom.js";
import { count } from "./format.js";

const ROWS = 500;
const CELLS = 60;

/** RFC 4180, with the separator that the first line has most of. */
export function rowsOf(text, most = ROWS + 1) {
  const first = text.slice(0, text.indexOf("\n") < 0 ? text.length : text.indexOf("\n"));
  const separator = [",", "\t", ";"].sort((a, b) => first.split(b).length - first.split(a).length)[0];
  const rows = [];
  let row = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < text.length && rows.length < most; i += 1) {
    const c = text[i];
    if (isQuoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') { cell += '"'; i += 1; } else isQuoted = false;
    } else if (c === '"' && cell === "") isQuoted = true;
    else if (c === separator) { row.push(cell); cell = ""; } else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i += 1;
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += c;
  }
  if ((cell || row.length) && rows.length < most) rows.push([...row, cell]);
  return rows;
}

export function csvTable(text) {
  const [head = [], ...rows] = rowsOf(text);
  const shown = rows.slice(0, ROWS);
  const isNumeric = (words) => words !== "" && Number.isFinite(Number(words));
  return [
    scroller("Table", h("table", { class: "plain" },
      h("thead", null, h("tr", null, head.slice(0, CELLS).map((words) => h("th", { scope: "col" }, words)))),
      h("tbody", null, shown.map((row) => h("tr", null, row.slice(0, CELLS).map((words) => h("td", { class: isNumeric(words) ? "num" : null }, words))))))),
    rows.length >= ROWS && h("p", { class: "soft" }, `the first ${count(ROWS, "row")}`),
    head.length > CELLS && h("p", { class: "soft" }, `the first ${CELLS} of ${head.length} columns`),
  ];
}
