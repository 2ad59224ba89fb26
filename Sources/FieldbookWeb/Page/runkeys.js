// Keys of the table of runs.

export function runKeys(view) {
  const current = () => view.rowAt(view.table.cursor);
  return [
    { keys: "/", does: "the filter", deed: () => view.tools.filter.focus() },
    { keys: "j", does: "next run or group", deed: () => view.table.moveCursor(1) },
    { keys: "k", does: "run or group before", deed: () => view.table.moveCursor(-1) },
    { keys: "Home", does: "the first", deed: () => view.table.moveCursor(-Infinity) },
    { keys: "End", does: "the last, of however many", deed: () => view.table.moveCursor(Infinity) },
    { keys: "x", does: "tick or untick the run", deed: () => current() && !current().isGroup && view.ticked.turn(current().run_id) },
    { keys: "Enter", does: "open the run, or open or fold the group", deed: () => current() && view.open(current()) },
    { keys: "c", does: "compare the ticked ones", deed: () => view.ticked.compare() },
    { keys: "v", does: "choose columns", deed: () => view.laid.choose() },
    { keys: "w", does: "views: open, save, remove", deed: () => view.views.open() },
    { keys: "b", does: "group by columns", deed: () => view.group() },
  ];
}
