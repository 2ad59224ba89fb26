// What is known of a run, on one page.
import { h, fill, copyButton, scroller } from "./dom.js";
import * as format from "./format.js";
import { markdown } from "./markdown.js";
import * as route from "./route.js";

export function overviewTab(place, run, editor, canWrite) {
  const can = (node) => (canWrite ? node : null);
  const section = (title, body, tool, wide) => h("section", { class: `card${wide ? " card-wide" : ""}` }, h("header", null, h("h2", null, title), tool), body);
  const edit = (text, label, deed) => can(h("button", { type: "button", class: "quiet small", "aria-label": label, onclick: deed }, text));
  const none = (words) => h("p", { class: "soft" }, words);
  const keys = (map) => Object.keys(map).sort((a, b) => a.localeCompare(b));
  const table = (map, cell = (text) => text, tool = null) => h("dl", { class: "pairs" }, keys(map).map((key) => [h("dt", { title: key }, key), h("dd", null, cell(map[key], key), tool?.(key))]));

  const metrics = keys(run.metrics).filter((key) => !key.startsWith("system/"));
  const tags = Object.fromEntries(keys(run.tags).filter((key) => !format.isOwnTag(key)).map((key) => [key, run.tags[key]]));
  const own = Object.fromEntries(keys(run.tags).filter(format.isOwnTag).map((key) => [key, run.tags[key]]));

  fill(place, h("div", { class: "cards" },
    section("Description", run.description ? markdown(run.description) : none("none"), edit(run.description ? "Edit" : "Describe", "Edit the description", () => editor.describe()), true),
    section("Metrics", metrics.length ? scroller("Metrics", h("table", { class: "plain" },
      h("thead", null, h("tr", null, ["", "last", "min", "max", "step", "points"].map((word, i) => h("th", { scope: "col", class: i ? "num" : null }, word || h("span", { class: "unseen" }, "metric"))))),
      h("tbody", null, metrics.map((key) => {
        const one = run.metrics[key];
        return h("tr", null, h("th", { scope: "row" }, h("a", { href: route.address(["runs", run.run_id], { tab: "charts", only: key }) }, key)),
          ["last", "min", "max"].map((name) => h("td", { class: "num", title: format.exact(one[name]) }, format.brief(one[name]))),
          h("td", { class: "num" }, one.step.toLocaleString("en")), h("td", { class: "num" }, one.count.toLocaleString("en")));
      })))) : none("none yet"), null),
    section("Params", Object.keys(run.params).length ? table(run.params) : none("none")),
    section("Tags", Object.keys(tags).length ? table(tags, (text, key) => [h("span", null, text), " ", edit("Edit", `Edit the tag ${key}`, () => editor.tag(key, text))], (key) => edit("×", `Remove the tag ${key}`, () => editor.untag(key))) : none("none"),
      edit("Add", "Add a tag", () => editor.tag())),
    section("Labels", run.labels.length ? h("p", { class: "chips" }, run.labels.map((word) => h("span", { class: "chip" }, word, can(h("button", { type: "button", "aria-label": `Remove the label ${word}`, onclick: () => editor.unlabel(word) }, "×"))))) : none("none"),
      edit("Add", "Add a label", () => editor.label())),
    section("Comments", comments(run, editor, canWrite)),
    section("Code", code(run), null),
    section("Datasets", run.datasets.length ? run.datasets.map((one) => h("dl", { class: "pairs" },
      h("dt", null, one.name), h("dd", null, one.context && h("span", { class: "chip" }, one.context), " ", one.source),
      h("dt", null, "digest"), h("dd", null, h("code", null, one.tags?.["fieldbook.content"] ?? one.digest)))) : none("none recorded; name them with --data")),
    section("Environment", Object.keys(run.environment).length ? h("details", { open: Object.keys(run.environment).length < 12 }, h("summary", null, format.count(Object.keys(run.environment).length, "entry", "entries")), table(run.environment)) : none("not captured")),
    Object.keys(own).length > 0 && section("Set by programs", h("details", null, h("summary", null, format.count(Object.keys(own).length, "tag")), table(own))),
  ));
}

function comments(run, editor, canWrite) {
  const input = h("textarea", { rows: 2, "aria-label": "A comment", placeholder: "A comment" });
  return [
    run.comments.map((one) => h("article", { class: "comment" }, h("p", { class: "soft" }, one.author, " · ", format.time(one.time)), markdown(one.text))),
    canWrite && h("form", {
      async onsubmit(event) {
        event.preventDefault();
        const text = input.value.trim();
        if (!text) return;
        input.value = "";
        if (!await editor.comment(text)) input.value = text;
      },
    }, input, h("div", { class: "form-end" }, h("button", { type: "submit" }, "Comment"))),
    !canWrite && !run.comments.length && h("p", { class: "soft" }, "none"),
  ];
}

function code(run) {
  const { command, git_commit: commit, dirty, snapshot } = run.source;
  const short = format.short(run.run_id);
  const line = (text) => h("div", { class: "command-line" }, h("code", null, text), copyButton(text));
  return h("dl", { class: "pairs" },
    h("dt", null, "command"), h("dd", null, command ? line(command) : "–"),
    h("dt", null, "commit"), h("dd", null, commit ? [h("code", { title: commit }, commit.slice(0, 12)), dirty && h("span", { class: "warn" }, "  with changes that were not committed")] : "–"),
    h("dt", null, "snapshot"), h("dd", null, snapshot ? h("code", { title: snapshot }, snapshot.slice(0, 12)) : "none was kept"),
    snapshot && [h("dt", null, "files"), h("dd", null, line(`fieldbook checkout ${short} DIR`)), h("dt", null, "again"), h("dd", null, line(`fieldbook reproduce ${short}`))]);
}
