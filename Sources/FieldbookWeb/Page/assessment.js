// An assessment of a trace, which a field of it holds as JSON: its parts for a person, in the words of the terminal.
import { h } from "./dom.js";
import * as format from "./format.js";

const SOURCES = { LLM_JUDGE: "judge", CODE: "code" };

/** The parts of a value of this field; null for another field, and for a text that is none. */
export function assessmentOf(field, value) {
  if (!field.startsWith("assessments.") || value === null) return null;
  try {
    const found = JSON.parse(value);
    return found && typeof found === "object" && typeof found.name === "string" ? found : null;
  } catch {
    return null;
  }
}

const by = (one) => [SOURCES[one.sourceType], one.sourceID].filter(Boolean).join(" ") || "someone";

/** Nothing of an issue, whose name says it all. */
function finding(one) {
  if (one.trouble) return `failed: ${one.trouble.message ?? one.trouble.code}`;
  if (one.kind === "issue") return "";
  try {
    const value = JSON.parse(one.value);
    return typeof value === "string" ? value : one.value;
  } catch {
    return String(one.value);
  }
}

/** All on one line: `true, by ana: it says what the handbook says`. */
export function assessmentLine(one) {
  const found = finding(one);
  return `${found ? `${found}, ` : ""}by ${by(one)}${one.rationale ? `: ${one.rationale}` : ""}`;
}

/** Each of its parts on a line of its own. */
export function assessmentParts(one) {
  const line = (label, ...words) => [h("dt", null, label), h("dd", null, words)];
  const found = finding(one);
  return h("dl", { class: "pairs" }, line(String(one.kind), one.name), found && line("value", found), line("by", by(one)), one.rationale && line("why", one.rationale),
    one.span && line("span", one.span), Math.abs(one.updated) < 8.64e15 && line("since", format.time(new Date(one.updated).toISOString())),
    Object.entries(one.metadata ?? {}).sort(([a], [b]) => a.localeCompare(b)).map(([key, value]) => line(key, String(value))));
}
