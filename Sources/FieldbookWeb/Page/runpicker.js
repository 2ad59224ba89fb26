// A box that finds a run by its name or id.
import { get, part, post } from "./api.js";
import { h, fill, later } from "./dom.js";
import * as format from "./format.js";

const OFFERED = 8;
const PAUSE = 200; // milliseconds without a key

/** `picked(run)` when one is chosen; `except` is the id of the run that is not offered. */
export function runPicker({ label, placeholder, except, picked }) {
  let found = [];
  let at = -1;
  let passage = 0;
  const id = `picker-${label.replace(/\W+/g, "-").toLowerCase()}`;
  const list = h("ul", { class: "choices", id, role: "listbox", "aria-label": "Runs found", hidden: true });
  const input = h("input", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder, "aria-label": label, "aria-controls": id, "aria-expanded": "false", "aria-autocomplete": "list",
    oninput: typed, onfocus: () => find(), onblur: close, onkeydown: key,
  });

  const soon = later(PAUSE, find);

  /** What was found for other words is not what Enter takes. */
  function typed() {
    passage += 1;
    found = [];
    fill(list);
    close();
    soon();
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  async function find() {
    const mine = ++passage;
    try {
      const runs = await matching(input.value.trim());
      if (mine !== passage || document.activeElement !== input) return;
      found = runs.filter((run) => run.run_id !== except).slice(0, OFFERED);
      at = -1;
      fill(list, found.map((run, i) => h("li", { id: `${id}-${i}`, role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); take(i); } },
        h("span", null, run.name, " ", h("span", { class: "soft" }, run.experiment.name)), h("span", { class: "soft" }, format.time(run.start_time), " ", h("code", null, format.short(run.run_id))))),
      !found.length && h("li", { class: "soft", role: "option", "aria-disabled": "true" }, "no other run has that in its name"));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    } catch { /* a later key tries again */ }
  }

  function take(i) {
    passage += 1;
    close();
    input.value = "";
    picked(found[i]);
  }

  function key(event) {
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length && !list.hidden) {
      event.preventDefault();
      list.children[at]?.setAttribute("aria-selected", "false");
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
      list.children[at].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", `${id}-${at}`);
    } else if (event.key === "Enter" && found.length && !list.hidden) {
      event.preventDefault();
      take(Math.max(0, at));
    } else if (event.key === "Escape") close();
  }

  return { element: h("div", { class: "filter picker" }, input, list), focus: () => input.focus() };
}

/** By whole id, else by a part of the name, the newest first. */
async function matching(words) {
  if (/^[0-9a-f]{32}$/.test(words)) return [await get(`runs/${part(words)}`)];
  // The language of filters has no way to write both kinds of quotes in one text.
  const quote = words.includes("'") ? '"' : "'";
  const filter = words ? `attributes.run_name ILIKE ${quote}%${words.replaceAll(quote, "_")}%${quote}` : "";
  return (await post("runs/search", { filter, order_by: [], limit: OFFERED + 1, page_token: null, experiment: null, deleted: false })).runs;
}
