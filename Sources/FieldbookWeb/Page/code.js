// The code of a run: the files of its snapshot, and what differs from the commit that it says.
import { get, part } from "./api.js";
import { showFile } from "./codeview.js";
import { h, fill, empty, copyButton } from "./dom.js";
import { fileTree } from "./filetree.js";
import * as format from "./format.js";
import { failure } from "./notice.js";
import { patchView } from "./patchview.js";
import * as route from "./route.js";

const KIND_WORDS = { link: "link", large: "large" };

export function codeTab(place, run, query) {
  let snapshot = null;
  let tree = null;
  let isLeft = false;
  let shown = "";
  const preview = h("section", { class: "preview", "aria-label": "Preview" });
  const address = (words) => route.address(["runs", run.run_id], { ...query, path: "", ...words });

  async function read() {
    try {
      snapshot = await get(`runs/${part(run.run_id)}/code`);
      if (!isLeft) draw();
    } catch (error) {
      if (!isLeft) fill(place, failure(error));
    }
  }

  function draw() {
    const short = format.short(run.run_id);
    if (!snapshot.snapshot) return fill(place, facts(), empty("No snapshot was kept of this run. One is, of what is run by:", "fieldbook run -- COMMAND"), snapshot.patch && patchView(snapshot.patch, snapshot.patch_cut));
    if (!snapshot.here) return fill(place, facts(), empty("The snapshot is known and not on this replica yet:", "fieldbook sync"));
    tree = fileTree({
      files: snapshot.files.map((one) => ({ ...one, note: KIND_WORDS[one.kind] })), label: "Files of the snapshot", address: (path) => address({ path }),
    });
    fill(place, facts(),
      h("p", { class: "tools" }, h("a", { class: "button", id: "patch", href: address({}) }, "Changes since the commit"),
        h("span", { class: "soft" }, `${format.count(snapshot.files.length, "file")}. All of them in a folder: `), h("code", null, `fieldbook checkout ${short} DIR`), copyButton(`fieldbook checkout ${short} DIR`)),
      leftOut(), h("div", { class: "files" }, tree.element, preview));
    return look();
  }

  function facts() {
    const { commit, branch, dirty } = snapshot;
    const fact = (label, ...value) => h("div", null, h("dt", null, label), h("dd", null, value));
    return h("dl", { class: "facts code-facts" },
      fact("Commit", commit ? [h("code", { title: commit }, commit.slice(0, 12)), copyButton(commit), dirty && h("span", { class: "warn" }, "with changes that were not committed")] : "–"),
      branch && fact("Branch", branch), snapshot.snapshot && fact("Snapshot", h("code", { title: snapshot.snapshot }, snapshot.snapshot.slice(0, 12)), copyButton(snapshot.snapshot)),
      run.source.command && fact("Command", h("code", null, run.source.command), copyButton(run.source.command)));
  }

  function leftOut() {
    const all = snapshot.left_out;
    return all.length > 0 && h("details", { class: "card left-out" }, h("summary", null, `Left out: ${format.count(all.length, "file")}`),
      h("dl", { class: "pairs" }, all.slice(0, 500).map((one) => [h("dt", null, one.path), h("dd", null, one.reason)])), all.length > 500 && h("p", { class: "soft" }, `and ${all.length - 500} more`));
  }

  /** The file that the address names, else the patch. */
  function look() {
    const path = query.path ?? "";
    tree.show(path || null);
    const button = place.querySelector("#patch");
    if (path) button.removeAttribute("aria-current");
    else button.setAttribute("aria-current", "true");
    if (shown === `=${path}`) return;
    shown = `=${path}`;
    const file = snapshot.files.find((one) => one.path === path);
    if (path && !file) fill(preview, failure(new Error(`the snapshot has no file “${path}”`)));
    else if (file) showFile(preview, run.run_id, file, () => !isLeft && query.path === path);
    else fill(preview, changes());
  }

  function changes() {
    const { patch, patch_cut: isCut, commit } = snapshot;
    if (patch === null) return h("p", { class: "empty" }, commit ? "What differs from the commit was not recorded. Choose a file." : "The run says no commit. Choose a file.");
    if (patch === "") return h("p", { class: "empty" }, "Nothing differs from the commit. Choose a file.");
    return patchView(patch, isCut);
  }

  fill(place, h("p", { class: "soft" }, "…"));
  read();
  return {
    update(next) {
      query = next;
      if (tree) look();
    },
    changed(next) {
      run = next;
      if (snapshot?.snapshot && !snapshot.here) read();
    },
    leave() { isLeft = true; },
  };
}
