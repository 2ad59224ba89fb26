// Asks for curves, as many columns of each as there is room for.
import { module, post } from "./api.js";
import { COUNT, FROM, queried, queriedPlace, shownPlace, TO } from "./series.js";

const AT_ONCE = 200; // curves in one question, as the server bounds it
const BEYOND = 2 ** 63; // no step and no time lies there

/**
 * Of `window` on the drawn axis, or all with null; in the order of `curves`, which are those of a run (`{run, key, start}`) or the
 * mean of a group (`{members, key, band}`). In relative time each run has its own stretch of the clock.
 */
export function ask(curves, { axis, isLogX }, window, columns, signal) {
  return isLogX ? askLog(curves, axis, window, columns, signal) : askEvenly(curves, axis, window, columns, signal);
}

async function askEvenly(curves, axis, window, columns, signal) {
  const lines = curves.filter((one) => !one.members);
  const groups = curves.filter((one) => one.members);
  const [ofLines, ofGroups] = await Promise.all([
    askRuns(lines, axis, window, columns, signal), groups.length ? askGroups(groups, axis, window, columns, signal) : [],
  ]);
  const answers = new Map([...lines.map((one, i) => [one, ofLines[i]]), ...groups.map((one, i) => [one, ofGroups[i]])]);
  return curves.map((one) => answers.get(one));
}

async function askGroups(...words) {
  const { groupColumns } = await module(import("./groupcurves.js"));
  return groupColumns(...words);
}

/** Stretch by stretch, so that the columns are about a pixel wide each; `left` counts the points (of a group, runs) before the axis begins. */
async function askLog(curves, axis, window, columns, signal) {
  const { shownOf, stretches, unit } = await module(import("./logarithm.js"));
  const whole = await askEvenly(curves, axis, null, 1, signal);
  const all = ends(curves, whole, axis);
  const shown = all && shownOf(all, axis);
  const parts = !shown ? [] : await Promise.all(stretches(window ?? shown, axis, columns).map(([piece, many]) => askEvenly(curves, axis, piece, many, signal)));
  const before = all && all[0] < (shown?.[0] ?? Infinity) ? await askEvenly(curves, axis, [all[0], shown ? shown[0] - unit(axis) : all[1]], 1, signal) : [];
  return curves.map((_, i) => ({
    columns: parts.flatMap((part) => part[i].columns), absent: whole[i].absent,
    left: before[i]?.columns.reduce((sum, column) => sum + column[COUNT], 0) ?? 0,
  }));
}

/** First and last place of any of them on the drawn axis; null without points. */
function ends(curves, answers, axis) {
  const places = answers.flatMap(({ columns }, i) => {
    const shown = shownPlace(axis, curves[i].start ?? 0);
    return columns.length ? [shown(columns[0][FROM]), shown(columns.at(-1)[TO])] : [];
  });
  return places.length ? [Math.min(...places), Math.max(...places)] : null;
}

/** The server's curves of these, each `{run, key, start}`. Equal windows and columns give equal stretches. */
export async function askRuns(curves, axis, window, columns, signal) {
  const answers = [];
  for (let i = 0; i < curves.length; i += AT_ONCE) {
    const some = curves.slice(i, i + AT_ONCE);
    const place = (one) => queriedPlace(axis, one.start ?? 0);
    const ends = (one) => {
      const to = Math.ceil(place(one)(window[1]));
      return { from: Math.floor(place(one)(window[0])), to: to < BEYOND ? to : null };
    };
    const isShared = window && axis !== "relative";
    const { curves: told } = await post("curves", {
      curves: some.map((one) => ({ run: one.run, key: one.key, ...(window && !isShared ? ends(one) : {}) })),
      axis: queried(axis), ...(isShared ? ends(some[0]) : { from: null, to: null }), columns,
    }, signal);
    answers.push(...told);
  }
  return answers;
}

/** What came since the last column, that one included. */
export async function askSince(curve, axis, columns) {
  const answer = await post("curves", {
    curves: [{ run: curve.run, key: curve.key }], axis: queried(axis), from: curve.columns.at(-1)[0], to: null, columns,
  });
  return answer.curves[0];
}
