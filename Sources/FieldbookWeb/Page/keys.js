// Keys of the whole page and of the view that is shown; `?` lists them.
import { h } from "./dom.js";
import { dialog } from "./notice.js";

const general = [];
let ofView = () => [];
let prefix = "";
let prefixTimer = 0;

/** Each `{keys: "g r", does: "Runs", deed, group}`; keys separated by a space are pressed one after the other. */
export const always = (...entries) => general.push(...entries);
/** A list, or what gives one when a key is pressed. */
export const forView = (entries) => { ofView = typeof entries === "function" ? entries : () => entries; };

const isTyping = (target) => target.closest?.("input:not([type=checkbox]):not([type=range]):not([type=radio]), textarea, select, [contenteditable]");

export function begin() {
  always({ keys: "?", does: "this list", deed: help });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const typed = prefix ? `${prefix} ${event.key}` : event.key;
    const all = [...ofView(), ...general];
    const entry = all.find((one) => one.keys === typed);
    clearTimeout(prefixTimer);
    prefix = "";
    if (entry) {
      // Enter on a link or button is that one's.
      if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
      if (/^(Home|End)$/.test(event.key) && event.target.closest?.("input")) return;
      event.preventDefault();
      entry.deed();
    } else if (all.some((one) => one.keys.startsWith(`${typed} `))) {
      prefix = typed;
      prefixTimer = setTimeout(() => { prefix = ""; }, 1_200);
    }
  });
}

function help() {
  const table = (title, entries) => entries.length > 0 && [
    h("h3", null, title),
    h("dl", { class: "keys" }, entries.map((one) => [
      h("dt", null, one.keys.split(" ").map((key) => h("kbd", null, key))), h("dd", null, one.does),
    ])),
  ];
  dialog("Keys", table("Here", ofView()), table("Everywhere", general),
    h("p", { class: "soft" }, "On a chart: drag to zoom, shift and drag to move, double click for all of it."));
}
