// Asks for curves, as many columns of each as there is room for.
import { post } from "./api.js";
import { queried, queriedPlace } from "./series.js";

/**
 * Of `window` on the drawn axis, or all with null; in the order of `curves`. In relative time each run has its own stretch
 * of the clock, so it is asked alone.
 */
export async function ask(curves, axis, window, columns, signal) {
  const sets = window && axis === "relative" ? curves.map((one) => [one]) : [curves];
  const answers = await Promise.all(sets.map((set) => {
    const place = queriedPlace(axis, set[0].start ?? 0);
    return post("curves", {
      curves: set.map(({ run, key }) => ({ run, key })), axis: queried(axis),
      from: window ? Math.floor(place(window[0])) : null, to: window ? Math.ceil(place(window[1])) : null, columns,
    }, signal);
  }));
  return answers.flatMap((one) => one.curves);
}

/** What came since the last column, that one included. */
export async function askSince(curve, axis, columns) {
  const answer = await post("curves", {
    curves: [{ run: curve.run, key: curve.key }], axis: queried(axis), from: curve.columns.at(-1)[0], to: null, columns,
  });
  return answer.curves[0];
}
