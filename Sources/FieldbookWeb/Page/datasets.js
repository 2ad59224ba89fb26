// The data of a run: what each set is called and where it came from, its columns, and what was counted of it.
import { h, fill, empty, copyButton, scroller } from "./dom.js";
import * as format from "./format.js";
import { pretty } from "./kinds.js";

const MOST_COLUMNS = 500;
const OWN = "fieldbook.";

export function datasetsTab(place, run) {
  let shown = "";

  function draw() {
    const text = JSON.stringify(run.datasets);
    if (text === shown) return;
    shown = text;
    fill(place, run.datasets.length ? run.datasets.map(card) : empty("No data was named for this run. A file or a folder is, by:", "fieldbook run --data PATH -- COMMAND"));
  }

  draw();
  return {
    changed(next) {
      run = next;
      draw();
    },
  };
}

function card(one) {
  const content = one.tags[`${OWN}content`] ?? one.digest;
  const tags = Object.entries(one.tags).filter(([key]) => key !== `${OWN}content`).sort(([a], [b]) => a.localeCompare(b));
  return h("section", { class: "card", dataset: { name: one.name } },
    h("header", null, h("h2", null, one.name), one.context && h("span", { class: "chip" }, one.context)),
    h("dl", { class: "pairs" },
      h("dt", null, "source"), h("dd", null, place(one.source), one.source_type && h("span", { class: "soft" }, ` (${one.source_type})`)),
      h("dt", null, "digest"), h("dd", null, h("code", null, content), copyButton(content)),
      tags.map(([key, value]) => [h("dt", null, key.startsWith(OWN) ? key.slice(OWN.length) : key), h("dd", null, value)])),
    schema(one), profile(one));
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

const told = (title, text) => h("details", null, h("summary", null, title), h("pre", { class: "block", tabindex: 0, role: "region", "aria-label": title }, pretty(text)));

/** MLflow's clients and ours write `{"uri": …}`. */
const place = (source) => word(parsed(source)?.uri ?? source);

/** Columns as MLflow's clients describe them: `mlflow_colspec`, with names, types and whether they may be missing; ours are names alone. */
function schema(one) {
  if (!one.schema) return null;
  const read = parsed(one.schema);
  if (Array.isArray(read?.columns) && read.columns.every((name) => typeof name === "string")) {
    return h("dl", { class: "pairs" }, h("dt", null, format.count(read.columns.length, "column")), h("dd", null, h("p", { class: "chips" }, read.columns.slice(0, MOST_COLUMNS).map((name) => h("span", { class: "chip" }, name)), read.columns.length > MOST_COLUMNS && "…")));
  }
  const columns = read?.mlflow_colspec;
  if (!Array.isArray(columns) || !columns.every((column) => column && typeof column === "object")) return told("Schema", one.schema);
  return [h("h3", null, format.count(columns.length, "column")), scroller(`Columns of ${one.name}`, h("table", { class: "plain" },
    h("thead", null, h("tr", null, ["Column", "Type", "Required"].map((word) => h("th", { scope: "col" }, word)))),
    h("tbody", null, columns.slice(0, MOST_COLUMNS).map((column, i) => h("tr", null, h("th", { scope: "row" }, word(column.name ?? i)), h("td", null, word(column.type ?? "–")), h("td", null, column.required === false ? "no" : "yes"))))))
    , columns.length > MOST_COLUMNS && h("p", { class: "soft" }, `and ${(columns.length - MOST_COLUMNS).toLocaleString("en")} more`)];
}

const word = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));

function profile(one) {
  if (!one.profile) return null;
  const counts = parsed(one.profile);
  const isFlat = counts && typeof counts === "object" && !Array.isArray(counts) && Object.values(counts).every((value) => value === null || typeof value !== "object");
  return isFlat ? h("dl", { class: "pairs" }, Object.entries(counts).map(([key, value]) => [h("dt", null, key), h("dd", null, word(value))])) : told("Profile", one.profile);
}
