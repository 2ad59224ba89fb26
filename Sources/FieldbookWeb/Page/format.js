// Numbers, times and sizes as people read them; what was rounded has the whole of it in `title`.
import { h } from "./dom.js";

/** A number of a document: NaN and the infinities come as strings. */
export const number = (value) => (value === null || value === undefined ? null : Number(value));

/** Five significant digits; `exact` has all. */
export function brief(value, digits = 5) {
  const n = number(value);
  if (n === null) return "–";
  if (Number.isNaN(n)) return "NaN";
  if (!Number.isFinite(n)) return n > 0 ? "∞" : "−∞";
  if (n === 0) return "0";
  const size = Math.abs(n);
  if (Number.isInteger(n) && size < 1e7) return String(n);
  if (size >= 1e7 || size < 1e-4) return n.toExponential(Math.min(3, digits - 1)).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(Number(n.toPrecision(digits)));
}

export const exact = (value) => (value === null || value === undefined ? "" : String(value));

export const count = (n, word, many = `${word}s`) => `${n.toLocaleString("en")} ${n === 1 ? word : many}`;

export function bytes(n) {
  if (n < 1024) return `${n} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let size = n;
  let unit = -1;
  while (size >= 1024 && unit < units.length - 1) { size /= 1024; unit += 1; }
  return `${size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function duration(milliseconds) {
  if (milliseconds === null || Number.isNaN(milliseconds)) return "–";
  const s = Math.max(0, milliseconds) / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.round(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export function ago(text) {
  const past = Date.now() - Date.parse(text);
  if (past < -MINUTE) return `in ${span(-past)}`;
  return past < MINUTE ? "just now" : `${span(past)} ago`;
}

function span(time) {
  if (time < HOUR) return `${Math.floor(time / MINUTE)} min`;
  if (time < DAY) return `${Math.floor(time / HOUR)} h`;
  if (time < 60 * DAY) return `${Math.floor(time / DAY)} d`;
  return `${Math.floor(time / (30 * DAY))} months`;
}

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const seconds = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const local = (text) => (text ? clock.format(new Date(text)) : "–");

/** Milliseconds since 1970 in the reader's zone, to the second. */
export const moment = (time) => seconds.format(new Date(time));

export const utc = (text) => `${new Date(text).toISOString().replace("T", " ").replace("Z", "")} UTC`;

/** In the reader's zone, UTC on hover; `style` is "ago" or "local". */
export function time(text, style = "ago") {
  if (!text || Number.isNaN(Date.parse(text))) return h("span", { class: "soft" }, "–");
  const here = seconds.format(new Date(text));
  return h("time", { datetime: text, title: `${here}\n${utc(text)}` }, style === "ago" ? ago(text) : local(text));
}

export const short = (id) => String(id).slice(0, 8);

const STATUS = { RUNNING: "running", SCHEDULED: "scheduled", FINISHED: "finished", FAILED: "failed", KILLED: "killed" };

export function status(run) {
  const word = run.vanished ? "vanished" : STATUS[run.status] ?? String(run.status).toLowerCase();
  return h("span", { class: `status status-${STATUS[run.status] ? word : "other"}` }, word);
}

export const runTime = (run) =>
  run.start_time ? (run.end_time ? Date.parse(run.end_time) : Date.now()) - Date.parse(run.start_time) : null;

/** Tags that programs set for themselves. */
export const isOwnTag = (key) => key.startsWith("mlflow.") || key.startsWith("fieldbook.");
