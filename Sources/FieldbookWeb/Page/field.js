// A numeric or worded field of runs (`metrics.K`, `params.K`), and its axis.
import { own } from "./dom.js";
import { number } from "./format.js";

export const nameOf = (id) => id.slice(id.indexOf(".") + 1);

/** The name, with its kind where both a param and a metric have it. */
export function labelOf(id, all) {
  const name = nameOf(id);
  const isParam = id.startsWith("params.");
  return all.includes(`${isParam ? "metrics" : "params"}.${name}`) ? `${name} (${isParam ? "param" : "metric"})` : name;
}

/** A colour for a place between 0 and 1, from blue over green to orange, as light everywhere. */
export const ramp = (at) => `oklch(0.66 0.15 ${(255 - 205 * at).toFixed(0)})`;

/** Text or number; undefined where the run has none. */
export function valueOf(run, id) {
  const key = nameOf(id);
  return id.startsWith("metrics.") ? number(own(run.metrics, key)?.last) ?? undefined : own(run.params, key);
}

export function fieldsOf(runs) {
  const names = (field) => [...new Set(runs.flatMap((run) => Object.keys(run[field])))].sort((a, b) => a.localeCompare(b));
  return { params: names("params").map((key) => `params.${key}`), metrics: names("metrics").filter((key) => !key.startsWith("system/")).map((key) => `metrics.${key}`) };
}

/**
 * `{isNumeric, isLog, low, high, words, place(value), valueAt(place)}`: `place` gives 0…1, null where there is nothing to place; `valueAt`
 * leads back, of words to the nearest.
 * Params that are all numbers are numbers; over more than two decades above zero the axis is logarithmic.
 */
export function axisOf(runs, id) {
  const values = runs.map((run) => valueOf(run, id)).filter((value) => value !== undefined && value !== "");
  const numbers = values.map(Number);
  const isNumeric = values.length > 0 && values.every((value, i) => typeof value === "number" || Number.isFinite(numbers[i]) );
  if (!isNumeric) {
    const words = [...new Set(values.map(String))].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    const valueAt = (at) => words[Math.round(at * (words.length - 1))] ?? "";
    return { isNumeric, words, valueAt, place: (value) => (value === undefined ? null : words.length < 2 ? 0.5 : words.indexOf(String(value)) / (words.length - 1)) };
  }
  const finite = numbers.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const isLog = low > 0 && high / low > 100;
  const scale = isLog ? Math.log : (x) => x;
  const place = (value) => {
    const x = Number(value);
    if (value === undefined || value === "" || !Number.isFinite(x)) return null;
    return high > low ? (scale(x) - scale(low)) / (scale(high) - scale(low)) : x === low ? 0.5 : x < low ? -1 : 2;
  };
  const valueAt = (at) => (isLog ? Math.exp(Math.log(low) + at * (Math.log(high) - Math.log(low))) : low + at * (high - low));
  return { isNumeric, isLog, low, high, words: [], place, valueAt };
}

/** About `many` round values of a numeric axis. */
export function ticks({ low, high, isLog }, many = 5) {
  if (!(high > low)) return [low];
  if (isLog) {
    const out = [];
    const decades = Math.log10(high / low);
    for (let e = Math.ceil(Math.log10(low) - 1e-9); e <= Math.log10(high) + 1e-9; e += Math.max(1, Math.round(decades / many))) out.push(10 ** e);
    return out;
  }
  const rough = (high - low) / many;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((one) => one * power >= rough) * power;
  const out = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) out.push(Number((i * step).toPrecision(12)));
  return out;
}
