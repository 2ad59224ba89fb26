// The config of a run: the files below `config/` of its snapshot, as they were when it began.
import { codePath, fileText, get, part } from "./api.js";
import { numbered } from "./codeview.js";
import { h, fill, empty } from "./dom.js";
import * as format from "./format.js";
import { isText, LOOK } from "./kinds.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

const MOST = 100; // files that are shown
const AT_ONCE = 8; // files read together

/** The paths of the configs of a snapshot, as the server tells its files. */
export const configPaths = (snapshot) => snapshot.files.filter((file) => file.path.startsWith("config/") && file.kind === "file").map((file) => file.path).slice(0, MOST);

/** Of a file of a run's snapshot: `{text, isWhole, bytes}`, at most LOOK bytes of it. */
export const configFile = (run, path) => fileText(codePath(run.run_id, path), LOOK);

/** What `read(path)` gives for each of these, a few at a time, in their order. */
export async function eachOf(paths, read) {
  const found = [];
  for (let i = 0; i < paths.length; i += AT_ONCE) found.push(...await Promise.all(paths.slice(i, i + AT_ONCE).map(read)));
  return found;
}

export function configTab(place, run) {
  let isLeft = false;

  async function read() {
    try {
      const snapshot = await get(`runs/${part(run.run_id)}/code`);
      if (isLeft) return;
      if (snapshot.snapshot && !snapshot.here) return fill(place, empty("The snapshot is known and not on this replica yet:", "fieldbook sync"));
      const paths = snapshot.snapshot ? configPaths(snapshot) : [];
      if (!paths.length) return fill(place, empty("No config was kept of this run. One is, of what is run by:", "fieldbook run -c FILE -- COMMAND"));
      const cards = await eachOf(paths, card);
      if (isLeft) return;
      fill(place, h("p", { class: "tools" }, h("span", { class: "soft" }, `${format.count(paths.length, "file")}, as the run began.`),
        run.parent_run_id && h("a", { class: "button", href: route.address(["compare"], { runs: `${run.parent_run_id},${run.run_id}`, view: "config" }) }, "Beside the parent's")), cards);
    } catch (error) {
      if (!isLeft) fill(place, failure(error));
    }
  }

  async function card(path) {
    const { text, isWhole, bytes } = await configFile(run, path);
    return h("section", { class: "card", dataset: { path } }, h("header", null, h("h2", null, path.slice("config/".length)), h("span", { class: "soft" }, format.bytes(bytes))),
      !isWhole && h("p", { class: "warn" }, `The first ${format.bytes(LOOK)} of it.`),
      isText(text) ? numbered(text, path) : h("p", { class: "soft" }, "These are no words."));
  }

  fill(place, h("p", { class: "soft" }, "…"));
  read();
  return { leave() { isLeft = true; } };
}
