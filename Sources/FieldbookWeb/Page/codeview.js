// A file of a snapshot: a text with numbers of lines, or a picture.
import { codePath, codeURL, fileText } from "./api.js";
import { h, fill } from "./dom.js";
import * as format from "./format.js";
import { isText, kindOf, LOOK } from "./kinds.js";
import { failure } from "./notice.js";

/** Fills `place`; `file` as the server's list of the snapshot has it. `isHere()` says whether it is still wanted. */
export async function showFile(place, run, file, isHere) {
  const url = codeURL(run, file.path);
  const body = h("div", { class: "preview-body" }, h("p", { class: "soft" }, "…"));
  fill(place, h("header", null, h("h3", { class: "file-title" }, file.path), file.bytes !== null && h("span", { class: "soft" }, format.bytes(file.bytes)),
    file.kind === "link" && h("span", { class: "chip" }, "link"), h("a", { class: "button", href: `${url}?download`, download: "" }, "Download")), body);
  try {
    const shown = await content(run, file, url);
    if (isHere()) fill(body, shown);
  } catch (error) {
    if (isHere()) fill(body, failure(error));
  }
}

async function content(run, file, url) {
  if (file.kind === "large") return h("p", { class: "soft" }, "A large file: the snapshot has its hash, its bytes lie apart.");
  if (kindOf(file.path) === "image") return h("img", { class: "picture", src: url, alt: file.path });
  const { text, isWhole, bytes } = await fileText(codePath(run, file.path), LOOK);
  if (!isText(text)) return h("p", { class: "soft" }, "No preview: these are no words.");
  if (text === "") return h("p", { class: "soft" }, "The file is empty.");
  return [!isWhole && h("p", { class: "warn" }, `The first ${format.bytes(LOOK)} of ${format.bytes(bytes)}.`), numbered(text, file.path)];
}

/** Two columns of text, however many lines: numbers, which no reader hears and nobody copies, and words. */
export function numbered(text, label) {
  const lines = text.replace(/\n$/, "").split("\n").length;
  return h("div", { class: "block code", tabindex: 0, role: "region", "aria-label": label },
    h("pre", { class: "code-numbers", "aria-hidden": "true" }, Array.from({ length: lines }, (_, i) => i + 1).join("\n")), h("pre", { class: "code-text" }, text));
}
