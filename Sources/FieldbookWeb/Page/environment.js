// Where a run ran: machine, interpreter, variables, packages; and against another run, what differs first.
import { codePath, fileText, get, part, post } from "./api.js";
import { h, fill, empty, scroller } from "./dom.js";
import * as format from "./format.js";
import { LOOK } from "./kinds.js";
import { failure } from "./notice.js";
import { packageDifferences, packagesOf } from "./packages.js";
import * as route from "./route.js";
import { runPicker } from "./runpicker.js";

const PACKAGES = "environment/packages.txt";

export function environmentTab(place, run, query) {
  let isLeft = false;
  let passage = 0;
  const go = (other) => route.go(["runs", run.run_id], { ...query, other });
  const picker = runPicker({ label: "Compare with a run", placeholder: "Compare with another run: its name or id", except: run.run_id, picked: (one) => go(one.run_id) });
  const head = h("div", { class: "tools" });
  const body = h("div", { class: "tab-body" });
  fill(place, head, body);

  async function read() {
    const mine = ++passage;
    const isWanted = () => !isLeft && mine === passage;
    fill(head, picker.element, query.other && h("button", { type: "button", onclick: () => go("") }, "Alone"));
    try {
      if (query.other) await against(query.other, isWanted);
      else await alone(isWanted);
    } catch (error) {
      if (isWanted()) fill(body, failure(error));
    }
  }

  async function alone(isWanted) {
    const keys = Object.keys(run.environment).sort((a, b) => a.localeCompare(b));
    if (!keys.length) return fill(body, empty("No environment was captured. It is, of what is run by:", "fieldbook run -- COMMAND"));
    fill(body, card("Machine, interpreter and variables", pairs(keys.map((key) => [key, run.environment[key]]))));
    const packages = await packagesIn(run);
    if (!isWanted() || !packages) return null;
    return body.append(card(`Packages: ${packages.size.toLocaleString("en")}`, h("details", { open: packages.size <= 60 }, h("summary", null, "Names and versions"), pairs([...packages]))));
  }

  async function against(id, isWanted) {
    const shown = await environmentSides(run, await get(`runs/${part(id)}`));
    if (isWanted()) fill(body, shown);
  }

  read();
  return {
    update(next) {
      const isOther = next.other !== query.other;
      query = next;
      if (isOther) read();
    },
    changed() {},
    leave() { isLeft = true; },
  };
}

/** What differs between the environments and packages of two runs, and folded what does not. */
export async function environmentSides(run, other) {
  const [answer, mine, theirs] = await Promise.all([post("compare", { runs: [run.run_id, other.run_id] }), packagesIn(run), packagesIn(other)]);
  const rows = answer.differences.filter((row) => row.section === "environment");
  const differing = new Set(rows.map((row) => row.key));
  const same = Object.keys(run.environment).filter((key) => !differing.has(key) && key in other.environment).sort((a, b) => a.localeCompare(b));
  const versions = mine && theirs ? packageDifferences(mine, theirs) : null;
  const alike = versions ? [...mine.keys()].filter((key) => mine.get(key) === theirs.get(key)).length : 0;
  return [sides("Machine, interpreter and variables", rows, run, other),
    versions ? sides("Packages", versions, run, other) : h("p", { class: "soft" }, "Not both snapshots with their packages are on this replica."),
    same.length > 0 && h("details", { class: "card" }, h("summary", null, `The same in both: ${format.count(same.length, "entry", "entries")}${alike ? ` and ${format.count(alike, "package")}` : ""}`), pairs(same.map((key) => [key, run.environment[key]])))];
}

function sides(title, rows, run, other) {
  const link = (one) => h("a", { href: route.address(["runs", one.run_id], { tab: "environment" }) }, one.name);
  const cell = (value) => h("td", { title: value }, value === null ? h("span", { class: "soft" }, "–") : value);
  return card(title, rows.length === 0 ? h("p", { class: "soft" }, "Nothing differs.")
    : scroller(title, h("table", { class: "plain" }, h("thead", null, h("tr", null, h("th", { scope: "col" }, h("span", { class: "unseen" }, "name")), h("th", { scope: "col" }, link(run)), h("th", { scope: "col" }, link(other)))),
      h("tbody", null, rows.map((row) => h("tr", null, h("th", { scope: "row" }, row.key), row.values.map(cell)))))));
}

const card = (title, ...body) => h("section", { class: "card" }, h("header", null, h("h2", null, title)), body);
const pairs = (entries) => h("dl", { class: "pairs" }, entries.map(([key, value]) => [h("dt", { title: key }, key), h("dd", null, value)]));

/** Those of its snapshot; null where they are not known or not here. */
async function packagesIn(run) {
  if (!run.source.snapshot) return null;
  try {
    return packagesOf((await fileText(codePath(run.run_id, PACKAGES), LOOK)).text);
  } catch {
    return null;
  }
}
