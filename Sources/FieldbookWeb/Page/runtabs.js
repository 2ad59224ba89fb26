// The parts of a run's page: what each is called, and how it is shown. Each gives what it is told of: `{changed, update, leave}`, all optional.
import { artifactsTab } from "./artifacts.js";
import { charts } from "./charts.js";
import { childrenTab } from "./children.js";
import { codeTab } from "./code.js";
import { empty } from "./dom.js";
import { environmentTab } from "./environment.js";
import * as format from "./format.js";
import { historyTab } from "./history.js";
import { logTab } from "./log.js";
import { provenanceTab } from "./provenance.js";

const isSystem = (key) => key.startsWith("system/");

/** A chart's part wants the run in a list. */
function metricsTab(place, run, query, set, wanted, nothing) {
  const part = charts(place, [run], query, { wanted, set, nothing });
  return { ...part, changed: (next) => part.changed([next]) };
}

/** `show(place, run, query, set)`; that of the overview is run.js's own, since it edits. */
export const TABS = [
  { name: "overview", title: "Overview" },
  { name: "charts", title: "Charts", show: (place, run, query, set) => metricsTab(place, run, query, set, (key) => !isSystem(key), empty("No metrics yet. From a script:", `fieldbook log metric loss=0.1 --run ${format.short(run.run_id)}`)) },
  { name: "system", title: "System", show: (place, run, query, set) => metricsTab(place, run, query, set, isSystem, empty("No system metrics. They are recorded of what is run by:", "fieldbook run -- COMMAND")) },
  { name: "log", title: "Log", show: logTab },
  { name: "artifacts", title: "Artifacts", show: artifactsTab },
  { name: "code", title: "Code", show: codeTab },
  { name: "environment", title: "Environment", show: environmentTab },
  { name: "children", title: "Children", show: childrenTab },
  { name: "history", title: "History", show: historyTab },
  { name: "provenance", title: "Provenance", show: provenanceTab },
];

/** How many there are of what a tab shows, where the run itself says it. */
export function tally(run, name) {
  const all = Object.keys(run.metrics);
  const system = all.filter(isSystem).length;
  return { charts: all.length - system, system, artifacts: run.artifacts.length }[name] ?? 0;
}
