// Curves as the server gives them, and what is computed of them: place on the axis, smoothing, gaps, range.
//
// A column is [from, to, count, place, last, min, max, mean, nan, +inf, -inf]: a stretch of the axis, its latest point
// (place, last) and the extremes of its finite values. One with a count of 1 is its point.
import { number } from "./format.js";

export const FROM = 0, TO = 1, COUNT = 2, PLACE = 3, LAST = 4, MIN = 5, MAX = 6, MEAN = 7, NAN = 8, UP = 9, DOWN = 10;
/** Of the mean of a group, whose columns count runs (and NaN, +inf and -inf those of them that had such values): the runs with a finite value. */
export const FINITE = 11;

const GAP = 8; // times the usual distance: more is shown as a gap

/** The axis of a query; relative time is wall time less the run's start. */
export const queried = (axis) => (axis === "step" ? "step" : "time");

/** From the server's integer to what is drawn: a step, milliseconds, or seconds since the run began. */
export function shownPlace(axis, start) {
  return axis === "relative" ? (x) => (x - start) / 1000 : (x) => x;
}

export function queriedPlace(axis, start) {
  return axis === "relative" ? (x) => Math.round(x * 1000 + start) : (x) => Math.round(x);
}

/** `new` columns come after the start of the last old one, which they replace. */
export function joined(old, fresh) {
  if (!fresh.length) return old;
  const begin = fresh[0][FROM];
  return [...old.filter((one) => one[FROM] < begin && one[PLACE] < begin), ...fresh];
}

/** Least and greatest finite value within [a, b] of the drawn axis; null if there is none. */
export function extent(columns, toX, a, b, isLog) {
  let low = Infinity;
  let high = -Infinity;
  for (const one of columns) {
    const x = toX(one[PLACE]);
    if (x < a || x > b) continue;
    const least = number(one[MIN]);
    const greatest = number(one[MAX]);
    if (Number.isFinite(least) && (!isLog || least > 0)) low = Math.min(low, least);
    else if (isLog && greatest > 0 && number(one[LAST]) > 0) low = Math.min(low, number(one[LAST]));
    if (Number.isFinite(greatest) && (!isLog || greatest > 0)) high = Math.max(high, greatest);
  }
  return high >= low ? [low, high] : null;
}

/** Exponential moving average with a half-life on the axis itself (`place(column)`), so that zooming does not change it. Null where no value is. */
export function smoothed(columns, halfLife, warmUp = [], place = (one) => one[PLACE]) {
  let sum = 0;
  let weight = 0;
  let before = null;
  const step = (one) => {
    const value = number(one[MEAN]);
    if (before !== null) {
      const decay = 2 ** (-(place(one) - before) / halfLife);
      sum *= decay;
      weight *= decay;
    }
    before = place(one);
    if (Number.isFinite(value)) {
      const finite = one[FINITE] ?? one[COUNT] - one[NAN] - one[UP] - one[DOWN];
      sum += value * finite;
      weight += finite;
    }
    return weight > 0 ? sum / weight : null;
  };
  warmUp.forEach(step);
  return columns.map(step);
}

/** The distance between neighbours beyond which there is a gap. */
export function gapLength(columns) {
  if (columns.length < 4) return Infinity;
  const distances = [];
  for (let i = 1; i < columns.length; i += 1) distances.push(columns[i][PLACE] - columns[i - 1][PLACE]);
  distances.sort((a, b) => a - b);
  const width = columns[0][TO] - columns[0][FROM] + 1;
  return GAP * Math.max(distances[distances.length >> 1], width, 1);
}

/** Columns of a logarithmic axis are wider the farther they lie. */
export const isApart = (before, column, gap) => column[PLACE] - before[PLACE] > Math.max(gap, GAP * (Math.max(before[TO] - before[FROM], column[TO] - column[FROM]) + 1));

/** The column that holds this place or is nearest to it. */
export function nearest(columns, place) {
  let low = 0;
  let high = columns.length - 1;
  if (high < 0) return null;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (columns[middle][TO] < place && columns[middle][PLACE] < place) low = middle + 1;
    else high = middle;
  }
  const here = columns[low];
  const previous = columns[low - 1];
  return previous && Math.abs(previous[PLACE] - place) < Math.abs(here[PLACE] - place) && here[FROM] > place ? previous : here;
}

/** A spreadsheet takes a text that begins like this for a formula, and names come from others. */
const harmless = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : String(text));

const cell = (text) => (/[",\r\n]/.test(text) ? `"${harmless(text).replaceAll('"', '""')}"` : harmless(text));

/** As comma-separated values, exact: what is drawn, with the stretch that each line stands for. */
export function csv(series) {
  const lines = ["run,name,key,from,to,count,place,last,min,max,mean,nan,plus_inf,minus_inf"];
  for (const one of series.filter((some) => !some.isHidden)) {
    const names = [one.run ?? one.label, one.label, one.key].map(cell);
    for (const column of one.columns) lines.push([...names, ...column.slice(0, FINITE)].join(","));
  }
  return `${lines.join("\n")}\n`;
}
