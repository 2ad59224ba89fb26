// The inbox of conflicts, and one of them. The words and the order are those of `fieldbook conflicts`.
import { get, part } from "./api.js";
import { conflictView, fieldWords, inWords, sideWords } from "./conflict.js";
import { h, fill, empty } from "./dom.js";
import * as format from "./format.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

export function show(main, place, context) {
  let id = place.path[1] ?? null;
  let list = [];
  let one = null;
  let cursor = -1;
  let passage = 0;
  let drawn = "";

  async function read() {
    const mine = ++passage;
    try {
      const { conflicts } = await get("conflicts");
      if (mine !== passage || (one?.id === id && one.isBusy())) return;
      if (id && !conflicts.some((other) => other.id.startsWith(id))) return drawDecided(conflicts);
      const conflict = id && await get(`conflicts/${part(id)}`);
      if (mine !== passage) return;
      const words = JSON.stringify([conflicts, conflict]);
      if (words === drawn || (one?.id === id && one.isBusy())) return; // the same, or somebody is writing or deciding
      drawn = words;
      list = conflicts;
      if (conflict) one = conflictView(main, conflict, { list, context });
      else drawList();
    } catch (error) {
      if (mine !== passage || error.status === 0) return;
      one = null;
      drawn = "";
      fill(main, failure(error), h("p", null, h("a", { href: "#/conflicts" }, "To the conflicts")));
    }
  }

  /** Somebody was quicker, took back what made it one, or wrote another side, which makes it another one. */
  function drawDecided(conflicts) {
    list = conflicts;
    one = null;
    drawn = "";
    fill(main, h("h1", null, "Conflicts"), empty("This conflict is decided, or another side came.", null, h("p", null, h("a", { class: "button", href: "#/conflicts" }, list.length ? `To the other ${format.count(list.length, "conflict")}` : "To the conflicts"))));
  }

  function drawList() {
    one = null;
    const blocking = list.filter((conflict) => conflict.blocking).length;
    document.title = "Conflicts · Fieldbook";
    fill(main, h("h1", null, "Conflicts"),
      list.length === 0 ? empty("No conflicts. Where two people decide differently, it is told here and by:", "fieldbook conflicts") : [
        h("p", { class: "soft" }, `${format.count(list.length, "conflict")}${blocking ? `, ${blocking} blocking` : ""}. Nothing is lost by a decision: what was not taken stays in the history.`),
        h("ul", { class: "inbox" }, list.map((conflict, i) => h("li", { class: i === cursor ? "cursor" : null }, entry(conflict)))),
      ]);
  }

  function step(by) {
    cursor = Math.max(0, Math.min(list.length - 1, cursor + by));
    drawList();
  }

  read();
  return {
    // The letters of a conflict's choices are its own.
    keys: () => (id ? one?.keys ?? [] : [
      { keys: "j", does: "next conflict", deed: () => step(1) },
      { keys: "k", does: "conflict before", deed: () => step(-1) },
      { keys: "Enter", does: "look at it", deed: () => list[cursor] && route.go(["conflicts", list[cursor].id]) },
    ]),
    update(next) {
      id = next.path[1] ?? null;
      one = null;
      drawn = "";
      read();
      return true;
    },
    changed: read,
    leave() { passage += 1; },
  };
}

function entry(conflict) {
  return h("a", { class: "inbox-entry", href: route.address(["conflicts", conflict.id]) },
    h("div", { class: "inbox-head" },
      h("code", { class: "soft" }, format.short(conflict.id)), h("strong", null, `${conflict.entity.type} ${conflict.entity.name}`),
      h("span", null, fieldWords(conflict)), conflict.blocking && h("span", { class: "chip chip-bad" }, "blocking")),
    h("div", { class: "inbox-sides" }, conflict.sides.map((side) => [
      h("b", null, side.side), h("span", { class: "one-line" }, side.value === null ? h("em", { class: "soft" }, "(removed)") : inWords(conflict, brief(side.value, conflict.base), side.value)),
      h("span", { class: "soft" }, sideWords(side), side.suspect_clock && h("span", { class: "warn" }, " suspect clock"),
        side.mine && " · mine", !conflict.blocking && conflict.shown === side.value && " · shown"),
    ])));
}

/** Of a text of several lines, the first that the base does not have. */
function brief(value, base) {
  if (!value.includes("\n")) return value;
  const known = new Set((base ?? "").split("\n"));
  const line = value.split("\n").find((text) => text.trim() && !known.has(text));
  return line ? `… ${line}` : value.split("\n")[0];
}
