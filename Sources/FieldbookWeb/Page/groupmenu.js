// The dialog in which one chooses by what runs are grouped.
import { h, fill } from "./dom.js";
import { dialog } from "./notice.js";
import * as columns from "./columns.js";
import { groupable, MOST_FIELDS } from "./grouping.js";

const MOST = 200; // offered at once; the rest by typing

/** `names` as of `columns` of the server; `changed(ids)` after each step. */
export function chooseGroups({ names, chosen, changed }) {
  const search = h("input", { type: "search", placeholder: "Find a column", "aria-label": "Find a column to group by", oninput: draw });
  const taken = h("ol", { class: "column-list" });
  const offered = h("ul", { class: "column-list" });
  const take = (next) => {
    chosen = next;
    changed(chosen);
    draw();
  };

  function draw() {
    fill(taken, chosen.map((id) => h("li", null, h("span", { class: "column-name" }, columns.title(id), h("span", { class: "soft" }, ` ${columns.family(id)}`)),
      h("button", { type: "button", class: "quiet small", "aria-label": `Do not group by ${id}`, onclick: () => take(chosen.filter((one) => one !== id)) }, "×"))),
    !chosen.length && h("li", { class: "soft" }, "nothing: each run is a row"));
    const typed = search.value.toLowerCase();
    const rest = groupable(names).filter((id) => !chosen.includes(id) && id.toLowerCase().includes(typed));
    const isFull = chosen.length >= MOST_FIELDS;
    fill(offered, isFull ? h("li", { class: "soft" }, `no more than ${MOST_FIELDS}`) : rest.slice(0, MOST).map((id) => h("li", null,
      h("button", { type: "button", class: "quiet column-add", dataset: { group: id }, onclick: () => take([...chosen, id]) }, "+ ", columns.title(id), h("span", { class: "soft" }, ` ${columns.family(id)}`)))),
    !isFull && rest.length > MOST && h("li", { class: "soft" }, `and ${rest.length - MOST} more: type to find them`),
    !isFull && !rest.length && h("li", { class: "soft" }, "none"));
  }

  draw();
  dialog("Group by", h("div", { class: "two" },
    h("section", null, h("h3", null, "Grouped by"), taken), h("section", null, h("h3", null, "Add"), search, offered)));
  search.focus();
}

/** A chip for each column by which is grouped, to let it go. */
export const groupChips = (ids, changed) => ids.map((id) => h("span", { class: "chip" }, columns.title(id),
  h("button", { type: "button", "aria-label": `Do not group by ${id}`, onclick: () => changed(ids.filter((one) => one !== id)) }, "×")));
