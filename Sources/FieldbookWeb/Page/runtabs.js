// The parts of a run's page: what each is called, and how it is shown. Each gives what it is told of: `{changed, update, leave}`, all optional.
import { empty } from "./dom.js";
import * as format from "./format.js";

const isSystem = (key) => key.startsWith("system/");
const noMetrics = (run) => empty("No metrics yet. From a script:", `fieldbook log metric loss=0.1 --run ${format.short(run.run_id)}`);
const noSystem = () => empty("No system metrics. They are recorded of what is run by:", "fieldbook run -- COMMAND");

const overview = async () => {
  const { overviewTab } = await import("./overview.js");
  return (place, run, query, set, editor) => overviewTab(place, run, editor, Boolean(editor));
};

/** A chart's part wants the run in a list. */
const metrics = (wanted, nothing) => async () => {
  const { charts } = await import("./charts.js");
  return (place, run, query, set) => {
    const part = charts(place, [run], query, { wanted, set, nothing: nothing(run) });
    return { ...part, changed: (next) => part.changed([next]) };
  };
};

/** `load()` brings what shows the part, by `show(place, run, query, set, editor)`, when it is wanted first; there is no editor where nothing may be changed. */
export const TABS = [
  { name: "overview", title: "Overview", load: overview },
  { name: "charts", title: "Charts", load: metrics((key) => !isSystem(key), noMetrics) },
  { name: "system", title: "System", load: metrics(isSystem, noSystem) },
  { name: "log", title: "Log", load: async () => (await import("./log.js")).logTab },
  { name: "artifacts", title: "Artifacts", load: async () => (await import("./artifacts.js")).artifactsTab },
  { name: "code", title: "Code", load: async () => (await import("./code.js")).codeTab },
  { name: "config", title: "Config", load: async () => (await import("./config.js")).configTab },
  { name: "datasets", title: "Datasets", load: async () => (await import("./datasets.js")).datasetsTab },
  { name: "environment", title: "Environment", load: async () => (await import("./environment.js")).environmentTab },
  { name: "children", title: "Children", load: async () => (await import("./children.js")).childrenTab },
  { name: "history", title: "History", load: async () => (await import("./history.js")).historyTab },
  { name: "provenance", title: "Provenance", load: async () => (await import("./provenance.js")).provenanceTab },
];

/** How many there are of what a tab shows, where the run itself says it. */
export function tally(run, name) {
  const all = Object.keys(run.metrics);
  const system = all.filter(isSystem).length;
  return { charts: all.length - system, system, artifacts: run.artifacts.length, datasets: run.datasets.length }[name] ?? 0;
}
