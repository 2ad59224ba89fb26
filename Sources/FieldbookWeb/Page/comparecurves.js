// Curves of the compared runs over each other, and the means of their groups.
import { charts } from "./charts.js";
import { h, empty } from "./dom.js";
import { fieldsOf, nameOf } from "./field.js";
import * as format from "./format.js";
import { isGroupable, leaves, MOST_FIELDS, tree } from "./grouping.js";
import { chooseGroups, groupChips } from "./groupmenu.js";
import * as route from "./route.js";
import { RunCurves } from "./runcurves.js";

const MOST_LINES = 50; // runs with a line of their own

const idsOf = (query) => route.list(query.group).filter(isGroupable).slice(0, MOST_FIELDS);

export function compareCurves(place, runs, query, set) {
  const names = { params: fieldsOf(runs).params.map(nameOf), tags: [...new Set(runs.flatMap((run) => Object.keys(run.tags)))].filter((key) => !format.isOwnTag(key)).sort(), metrics: [] };
  const change = (ids) => set({ group: route.joined(ids) });
  const isMany = runs.length > MOST_LINES;
  return charts(place, runs, query, {
    wanted: (key) => !key.startsWith("system/"), set, nothing: empty("These runs have no metrics."), mostLines: MOST_LINES,
    groupsOf: (now, some) => leaves(tree(some, idsOf(now))).slice(0, RunCurves.MOST_GROUPS),
    tools: (now) => {
      const ids = idsOf(now);
      return h("span", { class: "inline-group" }, ids.length > 0 && h("span", { class: "soft" }, "Grouped by"), groupChips(ids, change),
        h("button", { type: "button", id: "group", onclick: () => chooseGroups({ names, chosen: ids, changed: change }) }, ids.length ? "Change" : "Group"),
        isMany && h("span", { class: "soft" }, ids.length ? "" : `${format.count(runs.length, "run")} are too many for a line each: group them`));
    },
  });
}
