// One conflict: base, sides, what differs, and every way to decide with what it will do.
import { get, part, post } from "./api.js";
import { assessmentLine, assessmentOf, assessmentParts } from "./assessment.js";
import { wordDiff } from "./diff.js";
import { h, fill } from "./dom.js";
import * as format from "./format.js";
import { attempt, notice } from "./notice.js";
import * as route from "./route.js";

export const fieldWords = (conflict) => conflict.field_words;
export const sideWords = (side) => [`${side.author} on ${side.device}, `, format.time(side.time)];

const isLong = (conflict) => conflict.field === "description" || conflict.field === "text" || conflict.sides.some((side) => side.value?.includes("\n"));

/** When the last one was decided: a key that is pressed twice decides no second one. */
let decidedAt = -Infinity;
const PAUSE = 1000;

export function conflictView(main, conflict, { list, context }) {
  const canWrite = context.status?.can_write !== false;
  const place = list.findIndex((one) => one.id === conflict.id);
  const next = list[place + 1] ?? list.find((one) => one.id !== conflict.id);
  const editor = h("div", { class: "editor", hidden: true });
  let isDeciding = false;

  async function decide(body, words) {
    if (isDeciding || performance.now() - decidedAt < PAUSE) return;
    isDeciding = true;
    const done = await attempt(() => post(`conflicts/${part(conflict.id)}/resolve`, body));
    isDeciding = Boolean(done);
    if (!done) return;
    decidedAt = performance.now();
    notice(`${words}: ${conflict.entity.type} ${conflict.entity.name}  ${fieldWords(conflict)}`, {
      hint: "tell the others: fieldbook sync", undo: () => attempt(async () => {
        await post("undo", { op: done.undo });
        notice("Taken back: the conflict is open again.");
        // Of other changes now, and so with another id.
        const { conflicts } = await get("conflicts");
        const again = conflicts.find((one) => one.field === conflict.field && one.entity.id === conflict.entity.id);
        route.go(again ? ["conflicts", again.id] : ["conflicts"]);
      }),
    });
    route.go(next ? ["conflicts", next.id] : ["conflicts"]);
  }

  const choices = menu(conflict, { decide, edit });
  const shownSide = conflict.sides.find((side) => side.value === conflict.shown);

  function edit() {
    const draft = conflict.merge?.text ?? conflict.shown ?? "";
    const field = isLong(conflict)
      ? h("textarea", { rows: Math.min(30, draft.split("\n").length + 3), value: draft, "aria-label": "The value" })
      : h("input", { value: draft, "aria-label": "The value", autocomplete: "off" });
    editor.hidden = false;
    fill(editor, h("form", {
      onsubmit(event) {
        event.preventDefault();
        if (/^(<<<<<<< |>>>>>>> )/m.test(field.value)) return notice("There are still conflict markers in it.", { isError: true, hint: "Remove the lines that begin with <<<<<<< and >>>>>>>." });
        return decide(isLong(conflict) ? { edit: field.value } : { value: field.value }, "decided");
      },
    }, h("h2", null, "Write the value"), conflict.merge && !conflict.merge.clean && h("p", { class: "soft" }, "The edits overlap; both stand between the markers."), field,
    h("div", { class: "form-end" }, h("button", { type: "button", class: "quiet", onclick: () => { editor.hidden = true; } }, "Cancel"), h("button", { type: "submit", class: "main" }, "Decide for this"))));
    field.focus();
    editor.scrollIntoView({ block: "nearest" });
  }

  document.title = `${conflict.entity.name} in conflict · Fieldbook`;
  const button = (choice) => canWrite && choice && h("button", { type: "button", class: choice.isMain ? "main" : null, title: choice.meaning, dataset: { key: choice.key }, onclick: choice.deed }, choice.title, h("kbd", { "aria-hidden": "true" }, choice.key));
  const of = (name) => choices.find((one) => one.name === name);
  const entity = conflict.entity.type === "run" ? h("a", { href: route.address(["runs", conflict.entity.id]) }, conflict.entity.name)
    : conflict.entity.type === "model" ? h("a", { href: route.address(["models", conflict.entity.name]) }, conflict.entity.name) : conflict.entity.name;

  fill(main,
    h("div", null,
      h("p", { class: "crumbs" }, h("a", { href: "#/conflicts" }, "Conflicts"), place >= 0 && ` / ${place + 1} of ${list.length}`),
      h("div", { class: "run-title" }, h("h1", null, `${conflict.entity.type} `, entity, "  ", h("span", { class: "field-words" }, fieldWords(conflict))),
        conflict.blocking && h("span", { class: "chip chip-bad" }, "blocking")),
      h("p", { class: "soft" }, h("code", { title: conflict.id }, conflict.id.slice(0, 16)))),
    h("section", { class: "card base" }, h("header", null, h("h2", null, conflict.base === null ? "no common base" : `base: ${conflict.base_words}`), of("base") && button(of("base"))),
      conflict.base !== null && valueBlock(conflict, conflict.base)),
    h("div", { class: "sides" }, conflict.sides.map((side) => h("section", { class: "card side", "aria-label": `side ${side.side}` },
      h("header", null, h("h2", null, `side ${side.side}`), button(of(`take ${side.side}`))),
      h("p", { class: "soft" }, sideWords(side), side.mine && ", mine", side.suspect_clock && h("span", { class: "warn" }, ", suspect clock")),
      side.value === null ? h("p", { class: "soft" }, "(removed)") : conflict.base !== null && !assessmentOf(conflict.field, side.value) && (isLong(conflict) || side.value.length > 40) ? wordDiff(conflict.base, side.value) : valueBlock(conflict, side.value)))),
    conflict.merge?.clean && h("section", { class: "card" }, h("header", null, h("h2", null, "merged: the edits of all sides"), button(of("merge"))), wordDiff(conflict.base ?? "", conflict.merge.text)),
    of("edit") && h("div", { class: "tools" }, button(of("edit")), conflict.merge && !conflict.merge.clean && h("span", { class: "soft" }, "by hand: the edits overlap")),
    editor,
    h("p", { class: "soft" }, conflict.blocking ? "answers until decided: " : "shown until decided: ", h("span", { class: "shown-value" }, shownSide && `side ${shownSide.side}: `, conflict.shown === null ? "none" : inWords(conflict, firstLine(conflict.shown), conflict.shown))),
    h("section", { class: "card" }, h("header", null, h("h2", null, "What it will do")),
      canWrite ? h("dl", { class: "keys" }, choices.map((choice) => [h("dt", null, h("kbd", null, choice.key)), h("dd", null, h("strong", null, choice.meaning), " ", h("span", { class: "soft" }, choice.effect))]))
        : h("p", { class: "soft" }, context.status?.why_not ? `${context.status.why_not}.` : "Somebody who may write decides.")));

  return {
    id: conflict.id,
    isBusy: () => !editor.hidden || isDeciding,
    keys: [
      ...(canWrite ? choices : []).map((choice) => ({ keys: choice.key, does: choice.meaning, deed: choice.deed })),
      { keys: "s", does: "skip: leave this one undecided", deed: () => route.go(next ? ["conflicts", next.id] : ["conflicts"]) },
    ],
  };
}

/** The keys that decide, in the words of `conflicts review`, with what each does here. */
function menu(conflict, { decide, edit }) {
  const device = (side) => conflict.sides.find((one) => one.side === side).device;
  const ways = {
    take: ({ side }) => ({ name: `take ${side}`, title: `Take side ${side}`, deed: () => decide({ take: side }, `took side ${side} of ${device(side)}`) }),
    merge: () => ({ name: "merge", title: "Merge", isMain: true, deed: () => decide({ merge: true }, "merged") }),
    edit: () => ({ name: "edit", title: "Edit", deed: edit }),
    base: () => ({ name: "base", title: "Take the base", deed: () => decide({ base: true }, "took the base") }),
  };
  return conflict.choices.map((choice) => ({ ...choice, ...ways[choice.answer](choice) }));
}

const firstLine = (text) => {
  const line = text.split("\n")[0];
  return line.length > 80 || line !== text ? `${line.slice(0, 80)}…` : line;
};

/** A value on one line: an assessment by what it says, any other as `plain`. */
export function inWords(conflict, plain, value) {
  const one = assessmentOf(conflict.field, value);
  return one ? assessmentLine(one) : plain;
}

function valueBlock(conflict, text) {
  const one = assessmentOf(conflict.field, text);
  return one ? assessmentParts(one) : h("div", { class: "diff" }, text);
}
