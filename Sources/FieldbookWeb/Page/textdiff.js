// Two texts as one, with what was taken away and what was put in; long stretches that are alike are folded.
import { difference } from "./diff.js";
import { h } from "./dom.js";
import { count } from "./format.js";

const AROUND = 3; // lines that stay beside a change
const TAGS = { same: "span", removed: "del", added: "ins" };

export function foldedDiff(from, to) {
  const pieces = difference(from, to);
  return h("div", { class: "diff diff-texts", tabindex: 0, role: "region", "aria-label": "Difference" }, pieces.map((one, i) => {
    if (one.kind !== "same") return h(TAGS[one.kind], null, one.text);
    return folded(one.text, i > 0, i < pieces.length - 1);
  }));
}

/** What is alike, with some lines after the change before it and before the one after it. */
function folded(text, isAfter, isBefore) {
  const lines = text.split("\n");
  const head = isAfter ? AROUND + 1 : 0;
  const tail = isBefore ? AROUND + 1 : 0;
  const hidden = lines.length - head - tail;
  if (hidden <= 2 * AROUND) return h("span", null, text);
  const middle = lines.slice(head, lines.length - tail).join("\n");
  const button = h("button", { type: "button", class: "quiet small", onclick: () => button.replaceWith(middle) }, `${count(hidden, "line")} alike`);
  return h("span", null, head > 0 && `${lines.slice(0, head).join("\n")}\n`, button, tail > 0 && `\n${lines.slice(-tail).join("\n")}`);
}
