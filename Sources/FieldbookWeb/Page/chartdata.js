// What a chart asks the server for: all it shows, and of a live run only what is new.
import { ask, askSince } from "./curves.js";
import { isHere } from "./plot.js";
import * as series from "./series.js";

const FRESH = 60; // columns asked for of what came since
const PAST = 200; // columns before the window, for smoothing
const REST = 10_000; // milliseconds between two askings for groups, which are asked whole

/** What the window shows, as many columns as there are pixels. */
export async function load(chart) {
  chart.isOld = false;
  if (!isHere()) return;
  chart.stop?.abort();
  const stop = chart.stop = new AbortController();
  const { smooth } = chart.settings;
  const columns = Math.max(200, Math.min(1600, Math.round(chart.plot.clientWidth) || 800));
  try {
    const answers = await ask(chart.curves, chart.settings, chart.window, columns, stop.signal);
    const needsPast = chart.window && smooth > 0 && chart.full;
    const past = needsPast ? await ask(chart.curves, chart.settings, [chart.full[0], chart.window[0]], PAST, stop.signal) : null;
    chart.curves.forEach((one, i) => {
      one.columns = answers[i].columns;
      one.absent = answers[i].absent;
      one.left = answers[i].left ?? 0;
      one.warmUp = past ? past[i].columns.filter((column) => column[series.PLACE] < (one.columns[0]?.[series.FROM] ?? Infinity)) : [];
      if (!chart.window) one.end = one.columns.at(-1)?.[series.PLACE];
    });
    chart.groupsRead = Date.now();
    chart.draw();
  } catch (error) {
    if (error.name !== "AbortError") chart.say(error.message + (error.hint ? `: ${error.hint}` : ""));
  }
}

/** Something changed in the replica: only what lies after the last column is fetched. */
export async function loadNew(chart) {
  if (!chart.isSeen) { chart.isOld = true; return; }
  if (!isHere() || !chart.full) return;
  const groups = chart.curves.filter((one) => one.members);
  if (groups.some((one) => one.members.some((member) => member.isLive)) && Date.now() - chart.groupsRead > REST) return load(chart);
  const lines = chart.curves.filter((one) => !one.members);
  const isAtEnd = !chart.window || lines.some((one) => one.end !== undefined && chart.toX(one)(one.end) <= chart.window[1]);
  if (!lines.length || !isAtEnd) return;
  // Asked for evenly there is a column for each pixel, on a logarithmic axis about two.
  const most = (chart.settings.isLogX ? 4 : 2) * Math.max(200, chart.plot.clientWidth);
  if (lines.some((one) => one.columns.length === 0 || one.columns.length > most)) return load(chart);
  const { stop } = chart;
  try {
    await Promise.all(lines.map(async (one) => {
      const fresh = await askSince(one, chart.settings.axis, FRESH);
      if (stop !== chart.stop) return;
      one.columns = series.joined(one.columns, fresh.columns);
      one.absent = fresh.absent || one.absent;
      one.end = one.columns.at(-1)[series.PLACE];
    }));
    chart.draw();
  } catch { /* the next change tries again */ }
}
