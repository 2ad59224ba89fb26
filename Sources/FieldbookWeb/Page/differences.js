// The table of differences first, what all have alike folded below it.
import { post } from "./api.js";
import { wordDiff } from "./diff.js";
import { h, fill } from "./dom.js";
import * as format from "./format.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

const LONG = 60; // characters: of two runs such texts are compared by word

export function differences(place, runs, tints) {
  let isLeft = false;
  read();
  return { leave() { isLeft = true; } };

  async function read() {
    try {
      const answer = await post("compare", { runs: runs.map((run) => run.run_id) });
      if (!isLeft) draw(answer);
    } catch (error) {
      if (!isLeft) fill(place, failure(error));
    }
  }

  function draw({ differences: rows }) {
    const heading = h("thead", null, h("tr", null, h("th", { scope: "col" }, h("span", { class: "unseen" }, "field")),
      runs.map((run) => h("th", { scope: "col" }, h("span", { class: "swatch", style: { background: tints.get(run.run_id) } }), h("a", { href: route.address(["runs", run.run_id]) }, run.name)))));
    const cell = (value, row) => h("td", { class: row.section === "metrics" ? "metric" : null, title: format.exact(value) }, value === null ? h("span", { class: "soft" }, "–") : row.section === "metrics" ? format.brief(value) : String(value));
    const same = alike(runs, new Set(rows.map((row) => `${row.section} ${row.key}`)));
    fill(place,
      rows.length === 0 ? h("p", { class: "empty" }, "No differences.")
        : h("div", { class: "scroll compare-frame", tabindex: 0, role: "region", "aria-label": "Differences" }, h("table", { class: "plain compare" }, heading, sections(rows).map(([name, some]) => h("tbody", null,
          h("tr", { class: "section-row" }, h("th", { scope: "colgroup", colspan: runs.length + 1 }, name)),
          some.map((row) => h("tr", null, h("th", { scope: "row", title: row.key }, row.key), row.values.map((value, i) => (
            i === 1 && runs.length === 2 && isLong(row.values) ? h("td", null, wordDiff(row.values[0], row.values[1])) : cell(value, row))))))))),
      same.length > 0 && h("details", { class: "card" }, h("summary", null, `The same in all: ${format.count(same.length, "field")}`),
        sections(same).map(([name, some]) => [h("h3", { class: "section-title" }, name), h("dl", { class: "pairs" }, some.map((row) => [h("dt", null, row.key), h("dd", null, row.section === "metrics" ? format.brief(row.value) : row.value)]))])));
  }
}

const isLong = ([a, b]) => typeof a === "string" && typeof b === "string" && a.length > LONG && b.length > LONG;

function sections(rows) {
  const out = new Map();
  for (const row of rows) out.set(row.section, [...(out.get(row.section) ?? []), row]);
  return [...out];
}

/** What every run has, the same. */
function alike(runs, differing) {
  const parts = { params: (run) => run.params, metrics: (run) => Object.fromEntries(Object.entries(run.metrics).map(([key, one]) => [key, one.last])), tags: (run) => run.tags, environment: (run) => run.environment };
  const out = [];
  for (const [section, of] of Object.entries(parts)) {
    const first = of(runs[0]);
    for (const key of Object.keys(first).sort()) {
      const value = first[key];
      if (!(section === "tags" && format.isOwnTag(key)) && !differing.has(`${section} ${key}`) && runs.every((run) => of(run)[key] === value)) out.push({ section, key, value });
    }
  }
  return out;
}
