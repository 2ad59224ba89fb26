// Which columns the table of runs has, how wide they are, and how a run fills them.
import { h, own } from "./dom.js";
import * as format from "./format.js";
import { quoted } from "./completion.js";

const plain = (text) => (text === null || text === undefined ? h("span", { class: "soft" }, "–") : h("span", { title: text }, text));

const OWN = Object.assign(Object.create(null), {
  name: { title: "Name", width: 200, field: "attributes.run_name" },
  status: { title: "Status", width: 96, field: "attributes.status", cell: format.status },
  start_time: { title: "Started", width: 100, field: "attributes.start_time", first: "DESC", cell: (run) => format.time(run.start_time) },
  duration: { title: "Duration", field: "duration", width: 116, isNumber: true, cell: (run) => format.duration(format.runTime(run)) },
  experiment: { title: "Experiment", width: 140, cell: (run) => plain(run.experiment.name) },
  user: { title: "User", width: 80, field: "attributes.user_id", cell: (run) => plain(run.user) },
  device: { title: "Device", width: 110, cell: (run) => plain(run.device) },
  labels: { title: "Labels", width: 130, cell: (run) => run.labels.map((one) => h("span", { class: "chip" }, one)) },
  run_id: { title: "Id", width: 90, cell: (run) => h("code", { title: run.run_id }, format.short(run.run_id)) },
  description: { title: "Description", width: 220, cell: (run) => plain(run.description?.split("\n").find((line) => line.trim()) ?? null) },
});

export const OWN_COLUMNS = Object.keys(OWN);

/** What a person who chose nothing sees: the metrics and params that most of these runs have. */
export function usual(runs) {
  const some = (field, many) => {
    const counts = new Map();
    for (const run of runs) for (const key of Object.keys(run[field])) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts].filter(([key]) => !key.startsWith("system/")).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, many).map(([key]) => `${field}.${key}`);
  };
  return ["name", "status", "start_time", "duration", "user", ...some("metrics", 4), ...some("params", 6)];
}

/** All that can be chosen. */
export const available = (names) => [
  ...OWN_COLUMNS, ...names.metrics.map((key) => `metrics.${key}`), ...names.metrics.map((key) => `curve.${key}`),
  ...names.params.map((key) => `params.${key}`), ...names.tags.map((key) => `tags.${key}`),
];

/** Whether an address names a column: it may have been written by hand. */
export const isColumn = (id) => id in OWN || /^(params|metrics|tags|curve)\../.test(id);

export const family = (id) => (id in OWN ? "run" : id.slice(0, id.indexOf(".")));
export const key = (id) => (id in OWN ? id : id.slice(id.indexOf(".") + 1));
export const title = (id) => OWN[id]?.title ?? key(id);

/** What a search sorts by for that column; undefined where it cannot. */
export function fieldOf(id) {
  if (id in OWN) return OWN[id].field;
  return family(id) === "curve" ? undefined : `${family(id)}.${quoted(key(id))}`;
}

/** What the run has there, for comparing and for "only what differs". */
export function value(run, id) {
  if (id === "experiment") return run.experiment.name;
  if (id === "duration") return format.runTime(run);
  if (id === "labels") return run.labels.join(", ");
  if (id in OWN) return run[id];
  switch (family(id)) {
    case "params": return own(run.params, key(id));
    case "tags": return own(run.tags, key(id));
    default: return own(run.metrics, key(id))?.last;
  }
}

/** A column for table.js. `order` is `{field, direction}` or null. */
export function column(id, { order, isPinned, sparklines, nameCell }) {
  const fixed = OWN[id];
  const kind = family(id);
  const field = fieldOf(id);
  const base = {
    id, field, isPinned, canMove: true, title: title(id), first: fixed?.first ?? (kind === "metrics" ? "DESC" : "ASC"),
    sort: field === undefined ? undefined : order?.field === field ? order.direction : null,
    hint: fixed ? fixed.title : `${kind}.${key(id)}`,
  };
  if (id === "name") return { ...base, width: fixed.width, cell: nameCell };
  if (fixed) return { ...base, width: fixed.width, isNumber: fixed.isNumber, cell: fixed.cell };
  if (kind === "curve") return { ...base, title: `${key(id)} ∿`, width: 122, cell: (run) => sparklines.cell(run, key(id)) };
  const width = Math.max(84, Math.min(170, 34 + key(id).length * 7.4));
  if (kind === "metrics") {
    return { ...base, width, isNumber: true, cell: (run) => {
      const metric = own(run.metrics, key(id));
      return metric ? h("span", { title: `last ${format.exact(metric.last)}\nmin ${format.exact(metric.min)}\nmax ${format.exact(metric.max)}\nstep ${metric.step}` }, format.brief(metric.last)) : h("span", { class: "soft" }, "–");
    } };
  }
  const isNumeric = (text) => text !== undefined && text !== "" && Number.isFinite(Number(text));
  return { ...base, width, cell: (run) => {
    const text = value(run, id);
    return text === undefined ? h("span", { class: "soft" }, "–") : h("span", { title: text, class: isNumeric(text) ? "value-number" : null }, text);
  } };
}
