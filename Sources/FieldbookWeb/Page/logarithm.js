// A logarithmic axis of steps or of seconds: where it begins, and how it is asked for.

const GROWTH = 4; // how many times farther a stretch ends than it begins
const DEPTH = 1e6; // how many times farther than its beginning an axis of seconds ends, at most

/** The least distance of two places on the drawn axis. */
export const unit = (axis) => (axis === "step" ? 1 : 0.001);

/** What of `[first, last]` has a place on the axis; null if nothing has. */
export function shownOf([first, last], axis) {
  if (!(last > 0)) return null;
  return [Math.max(first, axis === "step" ? 1 : Math.max(unit(axis), last / DEPTH)), last];
}

/**
 * Windows that lie one behind the other, each with the columns to ask for. Where a window's columns are even, that at its beginning is the
 * widest on the axis: it gets about one pixel of `columns`. The first window reaches as far as each place has a column of its own.
 */
export function stretches([low, high], axis, columns) {
  const least = unit(axis);
  const begin = Math.max(least, low);
  if (!(high > begin)) return [[[begin, begin], 1]];
  const many = Math.max(20, Math.min(4000, Math.ceil((columns * (GROWTH - 1)) / Math.log(high / begin))));
  const windows = [];
  let from = begin;
  let to = Math.max(begin * GROWTH, begin + many * least);
  for (;;) {
    const end = Math.min(high, to - least);
    windows.push([[from, end], many]);
    if (end >= high) return windows;
    from = end + least;
    to = from * GROWTH;
  }
}
