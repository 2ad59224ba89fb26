// The dialog in which columns are chosen, put in order and pinned.
import { h, fill } from "./dom.js";
import { dialog } from "./notice.js";
import * as columns from "./columns.js";

const MOST = 200; // offered at once; the rest by typing

/** `changed(chosen, pinned)` after each step. */
export function chooseColumns({ names, chosen, pinned, changed, usual }) {
  const search = h("input", { type: "search", placeholder: "Find a column", "aria-label": "Find a column", oninput: draw });
  const taken = h("ol", { class: "column-list" });
  const offered = h("ul", { class: "column-list" });
  const said = () => { changed([...chosen], [...pinned]); draw(); };

  function draw() {
    fill(taken, chosen.map((id, place) => h("li", null,
      h("span", { class: "column-name" }, columns.title(id), h("span", { class: "soft" }, ` ${columns.family(id)}`)),
      tool("Pin", `Pin ${id}`, () => { pinned = pinned.includes(id) ? pinned.filter((one) => one !== id) : [...pinned, id]; }, false, pinned.includes(id)),
      tool("↑", `Move ${id} up`, () => swap(place, place - 1), place === 0),
      tool("↓", `Move ${id} down`, () => swap(place, place + 1), place === chosen.length - 1),
      tool("×", `Remove ${id}`, () => { chosen = chosen.filter((one) => one !== id); }, id === "name"))));
    const words = search.value.toLowerCase();
    const rest = columns.available(names).filter((id) => !chosen.includes(id) && id.toLowerCase().includes(words));
    fill(offered, rest.slice(0, MOST).map((id) => h("li", null,
      h("button", { type: "button", class: "quiet column-add", onclick() { chosen = [...chosen, id]; said(); } },
        "+ ", columns.title(id), h("span", { class: "soft" }, ` ${columns.family(id) === "curve" ? "sparkline" : columns.family(id)}`)))),
    rest.length > MOST && h("li", { class: "soft" }, `and ${rest.length - MOST} more: type to find them`),
    rest.length === 0 && h("li", { class: "soft" }, "none"));
  }

  const tool = (text, label, deed, disabled, pressed) => h("button", {
    type: "button", class: "quiet small", "aria-label": label, title: label, disabled, "aria-pressed": pressed === undefined ? null : String(pressed),
    onclick() { deed(); said(); },
  }, text);

  function swap(a, b) {
    chosen = [...chosen];
    [chosen[a], chosen[b]] = [chosen[b], chosen[a]];
  }

  draw();
  dialog("Columns", h("div", { class: "two" },
    h("section", null, h("h3", null, "Shown"), taken, h("button", { type: "button", onclick() { chosen = usual(); pinned = ["name"]; said(); } }, "As at first")),
    h("section", null, h("h3", null, "Add"), search, offered)));
}
