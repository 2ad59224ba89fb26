// Runs put into groups by what they have in some columns, and what a group has in each.
import * as columns from "./columns.js";
import { average, deviation } from "./groupcurves.js";
import { number } from "./format.js";

const FIXED = ["experiment", "status", "user", "device", "labels"];
export const MOST_FIELDS = 4;

/** Columns by which one can group. */
export const groupable = (names) => [...FIXED, ...names.params.map((key) => `params.${key}`), ...names.tags.map((key) => `tags.${key}`)];
export const isGroupable = (id) => FIXED.includes(id) || /^(params|tags)\../.test(id);

/** What the run is grouped by there; undefined where it has none. */
const valueOf = (run, id) => {
  const value = columns.value(run, id);
  return value === null || value === "" || value === undefined ? undefined : String(value);
};

export const words = (id, value) => `${columns.title(id)} = ${value ?? "none"}`;

/**
 * A tree of groups, one level for each of `ids`: `{id, field, value, label, depth, runs, groups, isGroup}`. `id` names the group in an
 * address; `label` all that its runs share. Runs keep their order in it. `order` is `{field, direction}` or null.
 */
export function tree(runs, ids, order = null, above = null) {
  if (!ids.length) return [];
  const [field, ...rest] = ids;
  const found = new Map();
  for (const run of runs) {
    const value = valueOf(run, field);
    const own = found.get(value);
    if (own) own.push(run);
    else found.set(value, [run]);
  }
  const groups = [...found].map(([value, some]) => {
    const id = `${above ? `${above.id}/` : ""}${value === undefined ? "~" : `=${encodeURIComponent(value)}`}`;
    const label = `${above ? `${above.label}, ` : ""}${words(field, value)}`;
    return { id, field, value, label, depth: above ? above.depth + 1 : 0, runs: some, isGroup: true, known: new Map() };
  });
  for (const group of groups) group.groups = tree(group.runs, rest, order, group);
  return sorted(groups, field, order);
}

/** Numbers by size, other texts by their letters, what has no value last. */
function byValue({ value: a }, { value: b }) {
  if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
  return (a.trim() && b.trim() && Number(a) - Number(b)) || a.localeCompare(b, undefined, { numeric: true });
}

/** By the mean of the metric that runs are sorted by; by value if nothing or the value itself sorts; else as the runs come. */
function sorted(groups, field, order) {
  const sign = order?.direction === "DESC" ? -1 : 1;
  const metric = order?.field.startsWith("metrics.") && `metrics.${unquoted(order.field.slice("metrics.".length))}`;
  if (metric) {
    const mean = new Map(groups.map((group) => [group, statistics(group, metric).mean]));
    return groups.sort((a, b) => Number.isNaN(mean.get(a)) - Number.isNaN(mean.get(b)) || sign * (mean.get(a) - mean.get(b)) || byValue(a, b));
  }
  if (!order) return groups.sort(byValue);
  return order.field === columns.fieldOf(field) ? groups.sort((a, b) => sign * byValue(a, b)) : groups;
}

const unquoted = (name) => (/^([`"]).*\1$/.test(name) ? name.slice(1, -1) : name);

export const leaves = (groups) => groups.flatMap((group) => (group.groups.length ? leaves(group.groups) : [group]));

/** Of a number in a group's runs: `{n, odd, mean, spread, low, high}`; `odd` counts NaN and infinities. Kept with the group. */
export function statistics(group, id) {
  const name = `number ${id}`;
  if (!group.known.has(name)) {
    const all = group.runs.map((run) => number(columns.value(run, id) ?? null)).filter((value) => value !== null);
    const values = all.filter(Number.isFinite);
    const mean = average(values);
    group.known.set(name, {
      n: values.length, odd: all.length - values.length, mean, spread: deviation(values, mean),
      low: values.reduce((a, b) => Math.min(a, b), Infinity), high: values.reduce((a, b) => Math.max(a, b), -Infinity),
    });
  }
  return group.known.get(name);
}

/** Which texts a group's runs have there; "none" is one of them. */
export function texts(group, id) {
  if (!group.known.has(id)) group.known.set(id, new Set(group.runs.map((run) => valueOf(run, id))));
  return group.known.get(id);
}

/** The rows of a table: groups, and below the open ones theirs. `isOpen(id)`. */
export function rows(groups, isOpen) {
  return groups.flatMap((group) => [group, ...(isOpen(group.id) ? (group.groups.length ? rows(group.groups, isOpen) : group.runs) : [])]);
}
