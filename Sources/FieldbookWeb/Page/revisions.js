// Runs that are asked for again: the server tells anew only what changed.

/** What to say that one has. */
export const revisions = (runs) => Object.fromEntries(runs.map((run) => [run.run_id, run.revision]));

/** An answer's runs, those that are the same taken from `before`. */
export function complete(told, before) {
  const known = new Map(before.map((run) => [run.run_id, run]));
  return told.map((one) => (one.same ? known.get(one.run_id) : one));
}
