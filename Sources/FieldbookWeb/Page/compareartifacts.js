// The artifacts of two runs: those with other content, those that only one has, and a look at both sides of one.
import { artifactPath, artifactURL, fileText } from "./api.js";
import { h, fill, empty } from "./dom.js";
import * as format from "./format.js";
import { isText, kindOf, LOOK, pretty } from "./kinds.js";
import { failure } from "./notice.js";
import { pairBar, pairOf } from "./pair.js";
import * as route from "./route.js";
import { foldedDiff } from "./textdiff.js";

const AT_ONCE = 200; // of a list
const STATES = [["other", "Different"], ["left", "Only in"], ["right", "Only in"], ["same", "The same"]];

/** `[{path, left, right, state}]`; `left` and `right` are artifacts or undefined. */
export function sidesOf(one, other) {
  const theirs = new Map(other.artifacts.map((file) => [file.path, file]));
  const mine = new Set(one.artifacts.map((file) => file.path));
  const both = one.artifacts.map((left) => {
    const right = theirs.get(left.path);
    return { path: left.path, left, right, state: !right ? "left" : right.sha256 === left.sha256 ? "same" : "other" };
  });
  return [...both, ...other.artifacts.filter((file) => !mine.has(file.path)).map((right) => ({ path: right.path, right, state: "right" }))];
}

export function compareArtifacts(place, runs, query, { set, tints }) {
  let passage = 0;
  let drawn = "";
  const bar = h("div");
  const list = h("div", { class: "file-list", tabindex: 0, role: "region", "aria-label": "Artifacts of both" });
  const preview = h("section", { class: "preview", "aria-label": "Preview" });

  function draw() {
    const [one, other] = pairOf(runs, query);
    const rows = sidesOf(one, other);
    fill(bar, pairBar(runs, [one, other], tints, (words) => set({ path: "", ...words })));
    if (!rows.length) return fill(place, bar, empty("Neither run has artifacts."));
    if (!place.contains(list)) fill(place, bar, h("div", { class: "files" }, list, preview));
    const state = `${one.run_id} ${other.run_id}`;
    if (state !== drawn) fill(list, STATES.map(([name, title]) => section(name, title, rows.filter((row) => row.state === name), one, other)));
    drawn = state;
    for (const link of list.querySelectorAll("a")) {
      if (link.dataset.path === query.path) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const chosen = rows.find((row) => row.path === query.path);
    if (!chosen) return fill(preview, h("p", { class: "empty" }, "Choose a file."));
    return look(chosen, one, other);
  }

  function section(name, title, rows, one, other) {
    if (!rows.length) return null;
    const words = name === "left" ? `${title} ${one.name}` : name === "right" ? `${title} ${other.name}` : title;
    const inside = h("div");
    const more = (from) => {
      inside.append(...rows.slice(from, from + AT_ONCE).map((row) => h("a", {
        href: route.address(["compare"], { ...query, path: row.path }), title: row.path, dataset: { path: row.path, state: row.state },
      }, h("span", { class: "file-name" }, row.path), h("span", { class: "soft" }, format.bytes((row.right ?? row.left).bytes)))));
      if (rows.length <= from + AT_ONCE) return;
      const button = h("button", { type: "button", class: "quiet small tree-more", onclick() { button.remove(); more(from + AT_ONCE); } }, `${rows.length - from - AT_ONCE} more`);
      inside.append(button);
    };
    more(0);
    return h("details", { class: "list-section", open: name !== "same" }, h("summary", null, `${words}: ${format.count(rows.length, "file")}`), inside);
  }

  async function look(row, one, other) {
    const mine = ++passage;
    const body = h("div", { class: "preview-body" }, h("p", { class: "soft" }, "…"));
    fill(preview, h("header", null, h("h3", { class: "file-title" }, row.path), h("span", { class: "soft" }, [row.left, row.right].map((file) => (file ? format.bytes(file.bytes) : "none")).join(" → "))), body);
    try {
      const shown = await content(row, one, other);
      if (mine === passage) fill(body, shown);
    } catch (error) {
      if (mine === passage) fill(body, failure(error));
    }
  }

  draw();
  return {
    update(next) {
      query = next;
      draw();
    },
    leave() { passage += 1; },
  };
}

async function content(row, one, other) {
  const away = [row.left, row.right].filter((file) => file && !file.here);
  if (away.length) throw Object.assign(new Error("the content is known and not on this replica yet"), { hint: "fieldbook sync" });
  const kind = kindOf(row.path);
  const sides = [[row.left, one], [row.right, other]];
  if (kind === "image") {
    return h("div", { class: "sides" }, sides.map(([file, run]) => h("figure", { class: "side-picture" }, h("figcaption", { class: "soft" }, run.name),
      file ? h("img", { class: "picture", src: artifactURL(run.run_id, file.path), alt: `${file.path} of ${run.name}` }) : h("p", { class: "soft" }, "none"))));
  }
  const hashes = h("dl", { class: "pairs" }, sides.map(([file, run]) => [h("dt", null, run.name), h("dd", null, file ? h("code", null, `sha256 ${file.sha256}`) : "none")]));
  if (row.state === "same") return [h("p", null, "Both are the same."), hashes];
  if (kind === "audio" || kind === "video" || sides.some(([file]) => file && file.bytes > LOOK)) return [h("p", { class: "soft" }, `Only words of up to ${format.bytes(LOOK)} and pictures are compared here.`), hashes];
  const [from, to] = await Promise.all(sides.map(async ([file, run]) => (file ? (await fileText(artifactPath(run.run_id, file.path), LOOK)).text : "")));
  if (!isText(from) || !isText(to)) return [h("p", { class: "soft" }, "These are no words."), hashes];
  return kind === "json" ? foldedDiff(pretty(from), pretty(to)) : foldedDiff(from, to);
}
