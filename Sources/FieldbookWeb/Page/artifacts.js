// Files of a run, and a look into one. What comes from peers is shown as text, as a picture, or in a frame that may do nothing.
import { artifactPath, artifactURL, fileText } from "./api.js";
import { csvTable } from "./csv.js";
import { h, fill, empty } from "./dom.js";
import { fileTree } from "./filetree.js";
import * as format from "./format.js";
import { markdown } from "./markdown.js";
import { isText, kindOf, LOOK, pretty } from "./kinds.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

export function artifactsTab(place, run, query) {
  const preview = h("section", { class: "preview", "aria-label": "Preview" });
  const seen = (one) => ({ path: one.path, bytes: one.bytes, note: one.here ? null : "not here yet", isMissing: !one.here });
  const names = fileTree({ files: [], address: (path) => route.address(["runs", run.run_id], { ...query, path }), label: "Artifacts" });
  const files = h("div", { class: "files" }, names.element, preview);
  const nothing = empty("No artifacts.", `fieldbook log artifact PATH --run ${format.short(run.run_id)}`);
  let [listed, looked] = [null, null];

  function draw() {
    const { artifacts } = run;
    const shown = artifacts.length ? files : nothing;
    if (place.firstElementChild !== shown) fill(place, shown);
    const chosen = artifacts.find((one) => one.path === query.path) ?? null;
    names.show(chosen?.path ?? null);
    const list = JSON.stringify([artifacts, { ...query, path: null }]);
    if (list !== listed) names.take(artifacts.map(seen));
    listed = list;
    const text = JSON.stringify(chosen);
    if (text === looked) return;
    looked = text;
    if (!chosen) fill(preview, h("p", { class: "empty" }, "Choose a file."));
    else look(preview, run.run_id, chosen).catch(() => { if (looked === text) looked = null; });
  }

  draw();
  return {
    update(next) {
      query = next;
      draw();
    },
    changed(next) {
      run = next;
      draw();
    },
  };
}

/** Fails when the server does not answer: then it is to be tried again. */
async function look(place, run, file) {
  const url = artifactURL(run, file.path);
  const body = h("div", { class: "preview-body" }, h("p", { class: "soft" }, "…"));
  fill(place, h("header", null, h("h3", { class: "file-title" }, file.path),
    h("span", { class: "soft" }, format.bytes(file.bytes)), h("code", { class: "soft", title: file.sha256 }, `sha256 ${format.short(file.sha256)}…`),
    file.here && h("a", { class: "button", href: `${url}?download`, download: "" }, "Download")), body);
  try {
    if (!file.here) throw Object.assign(new Error("the content is known and not on this replica yet"), { hint: `fieldbook artifacts get ${format.short(run)} ${file.path}` });
    fill(body, await content(run, file, url));
  } catch (error) {
    fill(body, failure(error));
    if (error.status === 0) throw error;
  }
}

async function content(run, file, url) {
  const kind = kindOf(file.path);
  switch (kind) {
    case "image": return h("img", { class: "picture", src: url, alt: file.path });
    case "audio": return h("audio", { controls: true, src: url, "aria-label": file.path });
    case "video": return h("video", { controls: true, src: url, class: "picture", "aria-label": file.path });
    case "html": return [h("p", { class: "soft" }, "A page of the run, without scripts and without the network."), h("iframe", { sandbox: "", src: url, title: `Preview of ${file.path}`, referrerpolicy: "no-referrer" })];
    case null: if (file.bytes > LOOK) return h("p", { class: "soft" }, "No preview of this kind of file."); // else it may be text
  }
  const { text, isWhole } = await fileText(artifactPath(run, file.path), LOOK);
  if (kind === null && !isText(text)) return h("p", { class: "soft" }, "No preview: these are no words.");
  const part = !isWhole && h("p", { class: "warn" }, `The first ${format.bytes(LOOK)} of ${format.bytes(file.bytes)}.`);
  return [part, kind === "markdown" ? markdown(text) : kind === "csv" ? csvTable(text) : block(kind === "json" ? pretty(text) : text, file.path)];
}

export const block = (text, label) => h("pre", { class: "block", tabindex: 0, role: "region", "aria-label": label }, text);
