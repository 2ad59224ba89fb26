// Asks for curves, as many columns of each as there is room for.
import { post } from "./api.js";
import { groupColumns } from "./groupcurves.js";
import { queried, queriedPlace } from "./series.js";

const AT_ONCE = 200; // curves in one question, as the server bounds it

/**
 * Of `window` on the drawn axis, or all with null; in the order of `curves`, which are those of a run (`{run, key, start}`) or the
 * mean of a group (`{members, key, band}`). In relative time each run has its own stretch of the clock.
 */
export async function ask(curves, axis, window, columns, signal) {
  const lines = curves.filter((one) => !one.members);
  const groups = curves.filter((one) => one.members);
  const [ofLines, ofGroups] = await Promise.all([
    askRuns(lines, axis, window, columns, signal), groupColumns(groups, axis, window, columns, signal),
  ]);
  const answers = new Map([...lines.map((one, i) => [one, ofLines[i]]), ...groups.map((one, i) => [one, ofGroups[i]])]);
  return curves.map((one) => answers.get(one));
}

/** The server's curves of these, each `{run, key, start}`. Equal windows and columns give equal stretches. */
export async function askRuns(curves, axis, window, columns, signal) {
  const answers = [];
  for (let i = 0; i < curves.length; i += AT_ONCE) {
    const some = curves.slice(i, i + AT_ONCE);
    const place = (one) => queriedPlace(axis, one.start ?? 0);
    const ends = (one) => ({ from: Math.floor(place(one)(window[0])), to: Math.ceil(place(one)(window[1])) });
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
