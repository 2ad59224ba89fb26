// The curve of a group: at each place the mean of its runs, with a band, and how many runs there are. It is made of all runs of the
// group, whatever is ticked or hidden.
import { askRuns } from "./curves.js";
import { number } from "./format.js";
import { COUNT, DOWN, FINITE, FROM, LAST, MAX, MEAN, MIN, NAN, PLACE, TO, UP, queriedPlace } from "./series.js";

const MOST_VALUES = 200_000; // columns read for one chart, of all runs
const FEWEST = 40;

/** In the order of `groups`, each `{members: [{run, start, count}], key, band}`: `{columns, absent}`, the runs of a group on one grid. */
export async function groupColumns(groups, axis, window, columns, signal) {
  const all = groups.reduce((sum, group) => sum + group.members.length, 0);
  const most = Math.max(FEWEST, Math.min(columns, Math.floor(MOST_VALUES / Math.max(1, all))));
  return Promise.all(groups.map(async (group) => {
    const members = group.members.map((one) => ({ ...one, key: group.key }));
    if (!window || !group.whole) group.whole = await endsOf(members, axis, signal);
    if (!group.whole) return { columns: [], absent: 0 };
    const ends = window ?? group.whole;
    const told = await askRuns(members, axis, ends, Math.min(most, usual(members, ends, group.whole)), signal);
    return { columns: folded(told, group, axis, ends), absent: told.reduce((sum, one) => sum + one.absent, 0) };
  }));
}

/**
 * As many stretches as a run has points there, and some more: much narrower ones would hold now these runs, now those. Runs with few
 * points, as of a metric that is logged once, say little of that: half of all points are of runs with as many or more.
 */
function usual(members, ends, whole) {
  const counts = members.map((one) => one.count).sort((a, b) => b - a);
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  const typical = counts.find((count) => (seen += count) >= half) ?? 1;
  const span = (of) => of[1] - of[0];
  return 1 + Math.ceil(1.25 * typical * (span(whole) > 0 ? span(ends) / span(whole) : 1));
}

/** First and last place of any of them on the drawn axis; null without points. */
async function endsOf(members, axis, signal) {
  const told = await askRuns(members, axis, null, 1, signal);
  let low = Infinity;
  let high = -Infinity;
  told.forEach((one, i) => {
    if (!one.columns.length) return;
    const shown = axis === "relative" ? (x) => (x - members[i].start) / 1000 : (x) => x;
    low = Math.min(low, shown(one.from));
    high = Math.max(high, shown(one.to));
  });
  return high >= low ? [low, high] : null;
}

/**
 * The runs' columns stretch by stretch. A run counts with the mean of its finite values there; the band from the least to the greatest is
 * that of all points, so that no spike is lost in a mean.
 */
export function folded(curves, group, axis, ends) {
  const places = new Map();
  curves.forEach((curve, i) => {
    const begin = Math.floor(queriedPlace(axis, group.members[i].start ?? 0)(ends[0]));
    const shift = axis === "relative" ? group.members[i].start : 0;
    for (const column of curve.columns) {
      const place = column[FROM] - begin;
      const one = places.get(place) ?? { from: column[FROM] - shift, to: column[TO] - shift, places: 0, values: [], low: Infinity, high: -Infinity, runs: 0, nan: 0, up: 0, down: 0 };
      places.set(place, one);
      one.to = Math.max(one.to, column[TO] - shift);
      one.places += column[PLACE] - shift;
      one.runs += 1;
      one.nan += column[NAN] > 0;
      one.up += column[UP] > 0;
      one.down += column[DOWN] > 0;
      const value = number(column[MEAN]);
      if (!Number.isFinite(value)) continue;
      one.values.push(value);
      one.low = Math.min(one.low, number(column[MIN]));
      one.high = Math.max(one.high, number(column[MAX]));
    }
  });
  return [...places.entries()].sort((a, b) => a[0] - b[0]).map(([, one]) => {
    const mean = average(one.values);
    const [low, high] = bandAround(mean, one, group.band);
    const column = [];
    Object.assign(column, { [FROM]: one.from, [TO]: one.to, [COUNT]: one.runs, [PLACE]: one.places / one.runs, [LAST]: mean, [MIN]: low, [MAX]: high, [MEAN]: mean, [NAN]: one.nan, [UP]: one.up, [DOWN]: one.down, [FINITE]: one.values.length });
    return column;
  });
}

function bandAround(mean, { values, low, high }, band) {
  if (!values.length || band === "none") return [mean, mean];
  if (band === "range") return [low, high];
  const spread = deviation(values, mean);
  return [mean - spread, mean + spread];
}

/** NaN of none. */
export const average = (values) => (values.length ? values.reduce((sum, value) => sum + value / values.length, 0) : NaN);

/** Of a sample (n − 1); 0 of a single value. */
export const deviation = (values, mean) =>
  (values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)));
