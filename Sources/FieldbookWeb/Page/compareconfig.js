// The configs and environments of two runs: the files below `config/` of their snapshots word by word, then what else differs.
import { get, part } from "./api.js";
import { configFile, configPaths, eachOf } from "./config.js";
import { h, fill } from "./dom.js";
import { environmentSides } from "./environment.js";
import { isText } from "./kinds.js";
import { failure } from "./notice.js";
import { pairBar, pairOf } from "./pair.js";
import { foldedDiff } from "./textdiff.js";

export function compareConfig(place, runs, query, { set, tints }) {
  let isLeft = false;
  let passage = 0;
  const bar = h("div");
  const body = h("div", { class: "tab-body" });
  fill(place, bar, body);

  async function read() {
    const mine = ++passage;
    const [one, other] = pairOf(runs, query);
    fill(bar, pairBar(runs, [one, other], tints, set));
    fill(body, h("p", { class: "soft" }, "…"));
    try {
      const [config, environment] = await Promise.all([configs(one, other), environmentSides(one, other)]);
      if (!isLeft && mine === passage) fill(body, config, environment);
    } catch (error) {
      if (!isLeft && mine === passage) fill(body, failure(error));
    }
  }

  read();
  return {
    update(next) {
      query = next;
      read();
    },
    leave() { isLeft = true; },
  };
}

async function configs(one, other) {
  const [mine, theirs] = await Promise.all([one, other].map((run) => get(`runs/${part(run.run_id)}/code`)));
  const missing = [[one, mine], [other, theirs]].filter(([, told]) => !told.snapshot || !told.here);
  const words = missing.map(([run, told]) => h("p", { class: "soft" }, told.snapshot ? [`The snapshot of ${run.name} is not on this replica: `, h("code", null, "fieldbook sync")] : `No snapshot of ${run.name} was kept.`));
  const [left, right] = [new Set(configPaths(mine)), new Set(configPaths(theirs))];
  const paths = [...new Set([...left, ...right])].sort();
  const cards = await eachOf(paths, (path) => card(path, left.has(path) && one, right.has(path) && other));
  const differing = cards.filter((file) => !file.isSame);
  const same = cards.filter((file) => file.isSame);
  return [words, !paths.length && !words.length && h("p", { class: "soft" }, "Neither run had a config."),
    differing.map((file) => file.element), same.length > 0 && h("p", { class: "soft", id: "same-configs" }, "The same in both: ", same.map((file, i) => [i > 0 && ", ", h("code", null, file.path)]))];
}

async function card(path, one, other) {
  const [from, to] = (await Promise.all([one, other].map((run) => (run ? configFile(run, path) : null)))).map((file) => file && file.text);
  const isSame = from === to;
  const lone = from === null || to === null;
  const shown = [from, to].every((text) => text === null || isText(text)) ? (lone ? h("div", { class: "diff" }, h(from === null ? "ins" : "del", null, from ?? to)) : foldedDiff(from, to)) : h("p", { class: "soft" }, "These are no words.");
  return { path, isSame, element: h("section", { class: "card", dataset: { path } }, h("header", null, h("h2", null, path), lone && h("span", { class: "soft" }, `only in ${(one || other).name}`)), shown) };
}
