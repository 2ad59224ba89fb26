// Groups as rows of the table of runs: folded until somebody opens them, with what their runs have in common and the means of the rest.
import { h } from "./dom.js";
import { AllRuns, MOST } from "./allruns.js";
import * as columns from "./columns.js";
import * as format from "./format.js";
import { colors } from "./colors.js";
import { groupChips } from "./groupmenu.js";
import { isGroupable, leaves, MOST_FIELDS, rows, statistics, texts, tree, words } from "./grouping.js";
import * as route from "./route.js";

const MOST_OPEN = 40; // in the address

export class GroupRows {
  /** `told()` when there is more to show; `set(words, replace)` changes the address. */
  constructor({ told, set }) {
    Object.assign(this, { told, set, ids: [], open: [], groups: [], rows: [], order: null });
    this.all = new AllRuns(() => {
      this.sort();
      told();
    });
  }

  get isOn() { return this.ids.length > 0; }
  get isAllOpen() { return this.open.includes("*"); }
  get leaves() { return leaves(this.groups); }

  /** Takes the address's words. */
  take(query, order) {
    const ids = route.list(query.group).filter(isGroupable).slice(0, MOST_FIELDS);
    const isOther = ids.join("\n") !== this.ids.join("\n");
    Object.assign(this, { ids, open: route.list(query.open), order });
    if (isOther) this.sort();
    else this.lay();
  }

  search(search) { this.all.read(search); }

  sort() {
    this.groups = tree(this.all.runs, this.ids, this.order);
    this.lay();
  }

  lay() { this.rows = rows(this.groups, (id) => this.isAllOpen !== this.open.includes(id)); }

  /** Opens or folds a group. With `*` in the address all are open but those it names. */
  turn(id) {
    const next = this.open.includes(id) ? this.open.filter((one) => one !== id) : [...this.open, id].slice(-MOST_OPEN);
    this.set({ open: route.joined(next) }, true);
  }

  /** Above the table: by what, how many, and what can be done with all of them. */
  bar(chooseGroups) {
    const { all } = this;
    return [h("strong", null, "Grouped by"), groupChips(this.ids, (ids) => this.set({ group: route.joined(ids), open: "" })),
      h("button", { type: "button", class: "small", onclick: chooseGroups }, "Change"),
      h("button", { type: "button", class: "quiet small", onclick: () => this.set({ open: this.isAllOpen ? "" : "*" }, true) }, this.isAllOpen ? "Fold all" : "Open all"),
      h("span", { class: "soft", id: "group-tally", role: "status" }, this.tally()),
      all.isStale && h("button", { type: "button", class: "small", onclick: () => all.read(all.search) }, "Runs changed: read again")];
  }

  tally() {
    const { all } = this;
    const groups = format.count(this.leaves.length, "group");
    if (!all.isDone) return all.runs.length ? `${groups}; ${all.runs.length.toLocaleString("en")} of ${format.count(all.total, "run")} read …` : "reading the runs …";
    return all.total > MOST ? `${groups} of the first ${MOST.toLocaleString("en")} runs` : groups;
  }

  /** The column with cells for groups, too. */
  column(one) {
    const { cell } = one;
    const isWide = columns.family(one.id) === "metrics" || one.id === "duration";
    return { ...one, width: one.width + (isWide ? 64 : one.id === "name" ? 30 : 0), cell: (row) => (row.isGroup ? this.cell(one, row) : one.id === "name" ? h("div", { class: "group-run", style: { "padding-left": `${this.ids.length * 18}px` } }, cell(row)) : cell(row)) };
  }

  cell({ id }, group) {
    if (id === "tick") return null;
    if (id === "name") return this.nameCell(group);
    if (columns.family(id) === "metrics" || id === "duration") return numberCell(statistics(group, id), id === "duration" ? (n) => format.duration(n) : format.brief);
    if (columns.family(id) === "curve" || ["start_time", "run_id", "description"].includes(id)) return null;
    const known = texts(group, id);
    if (known.size > 1) return h("span", { class: "soft" }, `${known.size.toLocaleString("en")} values`);
    const [text] = known;
    if (id === "status" && text) return format.status({ status: text });
    return h("span", { class: text === undefined ? "soft" : null, title: text }, text ?? "–");
  }

  nameCell(group) {
    const isOpen = this.isAllOpen !== this.open.includes(group.id);
    const name = words(group.field, group.value);
    const tint = this.tints?.get(group.id);
    return h("button", {
      type: "button", class: "fold", "aria-expanded": String(isOpen), title: `${name}: ${format.count(group.runs.length, "run")}`, dataset: { key: `fold-${group.id}` },
      style: { "padding-left": `${group.depth * 18}px` }, onclick: () => this.turn(group.id),
    }, h("span", { class: "fold-mark", "aria-hidden": "true" }, isOpen ? "▾" : "▸"), tint && h("span", { class: "swatch", style: { background: tint } }),
    h("span", { class: "fold-name" }, name), h("span", { class: "fold-count" }, group.runs.length.toLocaleString("en"), h("span", { class: "unseen" }, " runs")));
  }

  /** The groups that are drawn have their colour in the table; null for none. */
  draw(groups) { this.tints = groups && colors(groups.map((one) => one.id)); }

  leave() { this.all.leave(); }
}

function numberCell({ n, odd, mean, spread, low, high }, show) {
  if (!n) return h("span", { class: "soft" }, odd ? "NaN" : "–");
  const title = `mean ${show(mean)}\nstandard deviation ${show(spread)}\nfrom ${show(low)} to ${show(high)}\nof ${format.count(n, "run")}${odd ? `; ${odd} more are NaN or infinite` : ""}`;
  return h("span", { title }, show(mean), n > 1 && h("span", { class: "soft" }, ` ± ${show(spread, 2)}`), odd > 0 && h("span", { class: "warn" }, " !"));
}
