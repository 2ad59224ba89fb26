// Where a run comes from and what came of it: who, command, code, data, environment, what it repeats, its models, and what is missing to make it again.
import { get, part, post } from "./api.js";
import { auditView } from "./audit.js";
import { h, fill, copyButton } from "./dom.js";
import * as format from "./format.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

const REPEATS = "fieldbook.reproduces";
const MOST = 50;

export function provenanceTab(place, run) {
  let isLeft = false;
  const audit = h("section", { class: "card" }, h("header", null, h("h2", null, "Could somebody make it again?")), h("p", { class: "soft" }, "…"));
  const story = h("section", { class: "card" });
  fill(place, story, audit);

  async function readAudit() {
    try {
      const told = await get(`runs/${part(run.run_id)}/audit`);
      if (!isLeft) fill(audit, h("header", null, h("h2", null, "Could somebody make it again?"), copyButton(`fieldbook audit ${format.short(run.run_id)}`, "Copy the command")), auditView(told));
    } catch (error) {
      if (!isLeft) fill(audit, h("h2", null, "Could somebody make it again?"), failure(error));
    }
  }

  async function readStory() {
    const quiet = (promise, otherwise) => promise.catch(() => otherwise);
    const first = run.tags[REPEATS];
    const [repeated, repeats, parent, models] = await Promise.all([
      first ? quiet(get(`runs/${part(first)}`), null) : null,
      quiet(post("runs/search", { filter: `tags.\`${REPEATS}\` = '${run.run_id}'`, order_by: [], limit: MOST, page_token: null, experiment: null, deleted: false }), { runs: [] }),
      run.parent_run_id ? quiet(get(`runs/${part(run.parent_run_id)}`), null) : null,
      quiet(get("models"), { models: [] }),
    ]);
    if (!isLeft) fill(story, h("header", null, h("h2", null, "Where it comes from, and what came of it")), tell({ first, repeated, repeats: repeats.runs, parent, models: models.models }));
  }

  function tell({ first, repeated, repeats, parent, models }) {
    const tab = (name, words) => h("a", { href: route.address(["runs", run.run_id], { tab: name }) }, words);
    const link = (one) => h("a", { href: route.address(["runs", one.run_id], { tab: "provenance" }) }, one.name);
    const none = (words) => h("span", { class: "soft" }, words);
    const { command, git_commit: commit, dirty, snapshot } = run.source;
    const { python, os, host, config } = run.environment;
    const versions = models.flatMap((model) => model.versions.filter((one) => one.run_id === run.run_id).map((one) => ({ model, one })));
    const rows = [
      ["Who", [`${run.user ?? "–"} on ${run.device}, `, format.time(run.start_time, "local")]],
      ["Command", command ? h("div", { class: "command-line" }, h("code", null, command), copyButton(command)) : none("not recorded")],
      ["Code", snapshot || commit ? [commit && h("code", { title: commit }, commit.slice(0, 12)), dirty && h("span", { class: "warn" }, " with changes"), " ", tab("code", snapshot ? "its snapshot" : "what is known")] : none("not recorded")],
      ["Config", config ?? none("none: params alone")],
      ["Data", run.datasets.length ? h("ul", { class: "plain-list" }, run.datasets.map((one) => h("li", null, one.name, one.context && [" ", h("span", { class: "chip" }, one.context)], " ", h("code", { class: "soft", title: one.tags?.["fieldbook.content"] ?? one.digest }, shortDigest(one))))) : none("none was named")],
      ["Environment", [[python && `Python ${python}`, os, host && `on ${host}`].filter(Boolean).join(", "), " ", tab("environment", "all of it")]],
      parent && ["Belongs to", link(parent)],
      first && ["Repeats", repeated ? [link(repeated), h("span", { class: "soft" }, ` by ${repeated.user ?? "–"} on ${repeated.device}`)] : h("code", { title: first }, format.short(first))],
      ["Repeated by", repeats.length ? h("ul", { class: "plain-list" }, repeats.map((one) => h("li", null, link(one), h("span", { class: "soft" }, ` by ${one.user ?? "–"} on ${one.device}, `), format.time(one.start_time)))) : none("nobody yet")],
      ["Models", versions.length ? h("ul", { class: "plain-list" }, versions.map(({ model, one }) => h("li", null, h("a", { href: route.address(["models", model.name]) }, `${model.name} ${one.version}`), !one.final && h("span", { class: "warn" }, " provisional"),
        Object.entries(model.aliases).filter(([, alias]) => alias.version === one.version).map(([word]) => [" ", h("span", { class: "chip chip-accent" }, `@${word}`)])))) : none("none was registered from it")],
    ].filter(Boolean);
    return h("dl", { class: "pairs story" }, rows.map(([key, value]) => [h("dt", null, key), h("dd", null, value)]));
  }

  function read() {
    readAudit();
    readStory();
  }
  read();
  return {
    changed(next) {
      run = next;
      read();
    },
    leave() { isLeft = true; },
  };
}

const shortDigest = (dataset) => {
  const content = dataset.tags?.["fieldbook.content"];
  return content ? `${content.slice(0, 19)}…` : dataset.digest;
};
