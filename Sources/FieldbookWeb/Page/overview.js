// What is known of a run, on one page.
import { h, fill, copyButton, scroller } from "./dom.js";
import * as format from "./format.js";
import { markdown } from "./markdown.js";
import { Part, Rows, say } from "./parts.js";
import * as route from "./route.js";

const none = (words) => h("p", { class: "soft" }, words);
const keys = (map) => Object.keys(map).sort((a, b) => a.localeCompare(b));
const table = (map, cell = (text) => text, tool = null) => h("dl", { class: "pairs" }, keys(map).map((key) => [h("dt", { title: key }, key), h("dd", null, cell(map[key], key), tool?.(key))]));
const tagsOf = (run, wanted) => Object.fromEntries(keys(run.tags).filter(wanted).map((key) => [key, run.tags[key]]));
const card = (...children) => h("section", { class: "card" }, children);

export function overviewTab(place, run, editor, canWrite) {
  const can = (node) => (canWrite ? node : null);
  const edit = (text, label, deed) => can(h("button", { type: "button", class: "quiet small", "aria-label": label, onclick: deed }, text));
  const head = (title, tool = null) => h("header", null, h("h2", null, title), tool);

  /** A card that shows what `data(run)` gives. */
  const part = (title, data, draw, { tool = () => null, isWide = false } = {}) => {
    const one = new Part(h("section", { class: `card${isWide ? " card-wide" : ""}` }), (now) => [head(title, tool(now)), draw(now)]);
    return { element: one.element, take: (next) => one.take(data(next)) };
  };

  const cards = [
    part("Description", (now) => now.description ?? "", (text) => (text ? markdown(text) : none("none")),
      { tool: (text) => edit(text ? "Edit" : "Describe", "Edit the description", () => editor.describe()), isWide: true }),
    metrics(head("Metrics")),
    part("Params", (now) => now.params, (map) => (Object.keys(map).length ? table(map) : none("none"))),
    part("Tags", (now) => tagsOf(now, (key) => !format.isOwnTag(key)),
      (map) => (Object.keys(map).length ? table(map, (text, key) => [h("span", null, text), " ", edit("Edit", `Edit the tag ${key}`, () => editor.tag(key, text))], (key) => edit("×", `Remove the tag ${key}`, () => editor.untag(key))) : none("none")),
      { tool: () => edit("Add", "Add a tag", () => editor.tag()) }),
    part("Labels", (now) => now.labels,
      (words) => (words.length ? h("p", { class: "chips" }, words.map((word) => h("span", { class: "chip" }, word, can(h("button", { type: "button", "aria-label": `Remove the label ${word}`, onclick: () => editor.unlabel(word) }, "×"))))) : none("none")),
      { tool: () => edit("Add", "Add a label", () => editor.label()) }),
    comments(head("Comments"), editor, canWrite),
    part("Code", ({ run_id, source }) => ({ run_id, source }), code),
    part("Datasets", (now) => now.datasets, (all) => (all.length ? all.map(dataset) : none("none recorded; name them with --data"))),
    part("Environment", (now) => now.environment, (map) => {
      const count = Object.keys(map).length;
      return count ? h("details", { open: count < 12 }, h("summary", null, format.count(count, "entry", "entries")), table(map)) : none("not captured");
    }),
    byPrograms(part("Set by programs", (now) => tagsOf(now, format.isOwnTag), (map) => h("details", null, h("summary", null, format.count(Object.keys(map).length, "tag")), table(map)))),
  ];

  const changed = (next) => { for (const one of cards) one.take(next); };
  changed(run);
  fill(place, h("div", { class: "cards" }, cards.map((one) => one.element)));
  return { changed };
}

function byPrograms({ element, take }) {
  return {
    element,
    take(run) {
      element.hidden = !Object.keys(run.tags).some(format.isOwnTag);
      take(run);
    },
  };
}

/** Of a live run these change all the time: only the words in their cells do. */
function metrics(head) {
  const words = none("none yet");
  const rows = new Rows(h("tbody"), metric);
  const all = scroller("Metrics", h("table", { class: "plain" },
    h("thead", null, h("tr", null, ["", "last", "min", "max", "step", "points"].map((word, i) => h("th", { scope: "col", class: i ? "num" : null }, word || h("span", { class: "unseen" }, "metric"))))),
    rows.list));
  return {
    element: card(head, words, all),
    take(run) {
      const names = keys(run.metrics).filter((key) => !key.startsWith("system/"));
      words.hidden = names.length > 0;
      all.hidden = names.length === 0;
      rows.take(names.map((key) => [key, { one: run.metrics[key], run: run.run_id }]));
    },
  };
}

function metric(key) {
  const link = h("a", null, key);
  const cells = ["last", "min", "max", "step", "count"].map((name) => [name, h("td", { class: "num" })]);
  return {
    element: h("tr", null, h("th", { scope: "row" }, link), cells.map(([, cell]) => cell)),
    take({ one, run }) {
      link.setAttribute("href", route.address(["runs", run], { tab: "charts", only: key }));
      for (const [name, cell] of cells) {
        if (name === "step" || name === "count") say(cell, one[name].toLocaleString("en"));
        else say(cell, format.brief(one[name]), format.exact(one[name]));
      }
    },
  };
}

/** What is being written stays when others have their say. */
function comments(head, editor, canWrite) {
  const input = h("textarea", { rows: 2, "aria-label": "A comment", placeholder: "A comment" });
  const said = new Part(h("div"), (all) => (all.length || canWrite
    ? all.map((one) => h("article", { class: "comment" }, h("p", { class: "soft" }, one.author, " · ", format.time(one.time)), markdown(one.text)))
    : none("none")));
  const form = canWrite && h("form", {
    async onsubmit(event) {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      if (!await editor.comment(text)) input.value = text;
    },
  }, input, h("div", { class: "form-end" }, h("button", { type: "submit" }, "Comment")));
  return { element: card(head, said.element, form), take: (run) => said.take(run.comments) };
}

const dataset = (one) => h("dl", { class: "pairs" },
  h("dt", null, one.name), h("dd", null, one.context && h("span", { class: "chip" }, one.context), " ", one.source),
  h("dt", null, "digest"), h("dd", null, h("code", null, one.tags?.["fieldbook.content"] ?? one.digest)));

function code({ run_id, source }) {
  const { command, git_commit: commit, dirty, snapshot } = source;
  const short = format.short(run_id);
  const line = (text) => h("div", { class: "command-line" }, h("code", null, text), copyButton(text));
  return h("dl", { class: "pairs" },
    h("dt", null, "command"), h("dd", null, command ? line(command) : "–"),
    h("dt", null, "commit"), h("dd", null, commit ? [h("code", { title: commit }, commit.slice(0, 12)), dirty && h("span", { class: "warn" }, "  with changes that were not committed")] : "–"),
    h("dt", null, "snapshot"), h("dd", null, snapshot ? h("code", { title: snapshot }, snapshot.slice(0, 12)) : "none was kept"),
    snapshot && [h("dt", null, "files"), h("dd", null, line(`fieldbook checkout ${short} DIR`)), h("dt", null, "again"), h("dd", null, line(`fieldbook reproduce ${short}`))]);
}
