// How one text became another, word by word; of very long ones line by line, and word by word within those that changed.
import { h } from "./dom.js";
import { lineDifference } from "./lines.js";

const MOST = 4_000_000; // cells of the table; beyond it lines are compared
const MOST_OF_LINES = 400_000; // of one stretch between lines that hold two long texts together

const WORDS = /\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;
const LINES = /[^\n]*\n|[^\n]+/g;

/** `[{kind: "same" | "removed" | "added", text}]`, adjacent pieces of a kind joined. */
export function difference(from, to) {
  const short = byWords(from, to, MOST);
  if (short) return joined(short);
  const compare = (a, b) => byWords(a.join(""), b.join(""), MOST_OF_LINES) ?? ((a.length + 1) * (b.length + 1) <= MOST_OF_LINES ? longest(a, b) : null);
  return joined(lineDifference(from.match(LINES) ?? [], to.match(LINES) ?? [], compare));
}

/** Null where the table would have more cells. */
function byWords(from, to, most) {
  const old = from.match(WORDS) ?? [];
  const now = to.match(WORDS) ?? [];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const a = old.slice(start, old.length - end);
  const b = now.slice(start, now.length - end);
  if ((a.length + 1) * (b.length + 1) > most) return null;
  return [...old.slice(0, start).map(same), ...longest(a, b), ...old.slice(old.length - end).map(same)];
}

const same = (text) => ({ kind: "same", text });

/** By the longest common subsequence. */
function longest(a, b) {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(same(a[i]));
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) out.push({ kind: "removed", text: a[i++] });
    else out.push({ kind: "added", text: b[j++] });
  }
  return out;
}

function joined(pieces) {
  const out = [];
  // Removed before added within one change, so that words stay together.
  let removed = "";
  let added = "";
  const flush = () => {
    if (removed) out.push({ kind: "removed", text: removed });
    if (added) out.push({ kind: "added", text: added });
    removed = "";
    added = "";
  };
  for (const { kind, text } of pieces) {
    if (kind === "removed") removed += text;
    else if (kind === "added") added += text;
    else {
      flush();
      if (out.at(-1)?.kind === "same") out.at(-1).text += text;
      else out.push({ kind, text });
    }
  }
  flush();
  return out;
}

export function wordDiff(from, to) {
  const tag = { same: "span", removed: "del", added: "ins" };
  return h("div", { class: "diff" }, difference(from, to).map((one) => h(tag[one.kind], null, one.text)));
}
