// What may follow in a filter, from what stands before the caret. MLflow's language; see the command line's `runs`.

export const ATTRIBUTES = {
  run_name: "text", status: "status", start_time: "number", end_time: "number", user_id: "text", run_id: "text", artifact_uri: "text",
};
const DATASET = ["name", "digest", "context"];
const LONGEST = 60; // characters of a value that is offered
const STATUSES = ["'RUNNING'", "'SCHEDULED'", "'FINISHED'", "'FAILED'", "'KILLED'"];
const FOR_NUMBERS = [">", ">=", "<", "<=", "=", "!="];
const FOR_TEXTS = ["=", "!=", "LIKE", "ILIKE", "IN"];
const FAMILIES = { params: "params", param: "params", parameter: "params", parameters: "params", metrics: "metrics", metric: "metrics", tags: "tags", tag: "tags", attribute: "attributes", attr: "attributes", run: "attributes", dataset: "datasets", datasets: "datasets" };

/** A name as the language wants it: in backquotes unless it is a plain word. */
export const quoted = (name) => (/^[\w./-]+$/.test(name) ? name : name.includes("`") ? `"${name}"` : `\`${name}\``);

const FIELD = /(?:^|\s|\()((?:\w+\.)?(?:`[^`]*`|"[^"]*"|[\w./-]+))\s*$/;
const AFTER_FIELD = /(?:^|\band\s+|\(|^\s*)((?:\w+\.)?(?:`[^`]*`|"[^"]*"|[\w./-]+))\s+([!<>=]*|[A-Za-z]*)$/i;
const AFTER_OPERATOR = /((?:\w+\.)?(?:`[^`]*`|"[^"]*"|[\w./-]+))\s*(>=|<=|!=|=|>|<|\b(?:NOT\s+)?I?LIKE\b)\s*('[^']*)?$/i;
const COMPLETE = /(?:'[^']*'|"[^"]*"|\s-?\d[\d.eE+-]*|\))\s+(\w*)$/;

/** Family and name of a field as it is written, without quotes: `["params", "lr"]`. */
function parts(field) {
  const dot = field.indexOf(".");
  const [family, name] = dot < 0 ? ["attributes", field] : [field.slice(0, dot), field.slice(dot + 1)];
  return [FAMILIES[family] ?? family, name.replace(/^[`"](.*)[`"]$/, "$1")];
}

function kind(field) {
  const [family, name] = parts(field);
  return family === "metrics" ? "number" : family === "attributes" ? ATTRIBUTES[name] ?? "text" : "text";
}

/** Values as the language wants them; one with a quote in it would need more than is known here. */
function worded(values) {
  return [...new Set(values)].filter((one) => one !== "" && one.length <= LONGEST && !/['\n]/.test(one))
    .sort((a, b) => a.localeCompare(b, undefined, { numeric: true })).map((one) => ({ text: `'${one}'`, note: "" }));
}

/**
 * `{from, choices: [{text, note}]}`: `from` is where the text that is replaced begins. `values(family, name)` gives texts that runs have
 * there: `params`, `tags`, `datasets` or `attributes`.
 */
export function complete(text, caret, columns, values = () => []) {
  const before = text.slice(0, caret);
  let match = AFTER_OPERATOR.exec(before);
  if (match && kind(match[1]) === "status") return offer(before, match[3] ?? "", STATUSES.map((one) => ({ text: one, note: "" })));
  if (match && kind(match[1]) === "text") return offer(before, match[3] ?? "", worded(values(...parts(match[1]))));
  if (match) return null;
  match = COMPLETE.exec(before);
  if (match) return offer(before, match[1], [{ text: "and ", note: "another condition" }]);
  match = AFTER_FIELD.exec(before);
  if (match && !/^and$/i.test(match[1])) {
    const operators = kind(match[1]) === "number" ? FOR_NUMBERS : FOR_TEXTS;
    return offer(before, match[2], operators.map((one) => ({ text: `${one} `, note: one === "LIKE" ? "% stands for anything" : one === "ILIKE" ? "LIKE, whatever the case" : "" })));
  }
  match = FIELD.exec(before);
  return offer(before, match?.[1] ?? "", fields(columns));
}

function fields(columns) {
  const family = (name, note) => (columns?.[name] ?? []).map((key) => ({ text: `${name}.${quoted(key)} `, note }));
  return [
    ...family("metrics", "metric"), ...family("params", "param"), ...family("tags", "tag"),
    ...Object.keys(ATTRIBUTES).map((name) => ({ text: `${name} `, note: "attribute" })),
    ...DATASET.map((name) => ({ text: `datasets.${name} `, note: "of the data" })),
  ];
}

function offer(before, typed, all) {
  const word = typed.toLowerCase();
  const begins = all.filter((one) => one.text.toLowerCase().startsWith(word));
  const holds = word.length > 1 ? all.filter((one) => !begins.includes(one) && one.text.toLowerCase().includes(word)) : [];
  const choices = [...begins, ...holds].filter((one) => one.text.trim() !== typed).slice(0, 12);
  return choices.length ? { from: before.length - typed.length, choices } : null;
}
