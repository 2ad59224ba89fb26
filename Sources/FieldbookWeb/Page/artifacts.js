// Files of a run, and a look into one. What comes from peers is shown as text, as a picture, or in a frame that may do nothing.
import { artifactPath, artifactURL, fileText } from "./api.js";
import { csvTable } from "./csv.js";
import { h, fill, empty } from "./dom.js";
import * as format from "./format.js";
import { markdown } from "./markdown.js";
import { isText, kindOf, LOOK, pretty } from "./kinds.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

export function artifactsTab(place, run, query) {
  if (!run.artifacts.length) {
    fill(place, empty("No artifacts.", `fieldbook log artifact PATH --run ${format.short(run.run_id)}`));
    return;
  }
  const chosen = run.artifacts.find((one) => one.path === query.path);
  const preview = h("section", { class: "preview", "aria-label": "Preview" });
  fill(place, h("div", { class: "files" },
    h("ul", { class: "file-list" }, run.artifacts.map((one) => h("li", null, h("a", {
      href: route.address(["runs", run.run_id], { ...query, path: one.path }), "aria-current": one === chosen ? "true" : null, title: one.path,
    }, h("span", { class: "file-name" }, one.path), h("span", { class: one.here ? "soft" : "warn" }, one.here ? format.bytes(one.bytes) : "not here yet"))))),
    preview));
  if (chosen) look(preview, run.run_id, chosen);
  else fill(preview, h("p", { class: "empty" }, "Choose a file."));
}

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
