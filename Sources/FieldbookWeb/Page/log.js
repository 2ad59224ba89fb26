// What a run wrote: the end of its output, which follows while the run goes on.
import { artifactPath, artifactURL, fileText } from "./api.js";
import { block } from "./artifacts.js";
import { h, fill, empty } from "./dom.js";
import * as format from "./format.js";
import { failure } from "./notice.js";

const TAIL = 128 << 10; // bytes
const FILES = ["logs/stdout.txt", "logs/stderr.txt"];

export function logTab(place, run) {
  const files = run.artifacts.filter((one) => FILES.includes(one.path));
  if (!files.length) {
    fill(place, empty(run.status === "RUNNING" ? "Nothing has been written yet. In a terminal:" : "No output was captured. It is, of what is run by:",
      run.status === "RUNNING" ? `fieldbook logs ${format.short(run.run_id)} --follow` : "fieldbook run -- COMMAND"));
    return { changed() {} };
  }
  let file = files[0];
  const text = block("", "Output");
  text.classList.add("log");
  const words = h("p", { class: "soft" });
  const pick = h("span", { class: "tabs-small" }, files.map((one) => h("button", {
    type: "button", "aria-pressed": String(one === file),
    onclick(event) {
      file = one;
      for (const button of pick.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
      read(true);
    },
  }, one.path.replace(/^logs\/|\.txt$/g, ""))));
  fill(place, h("div", { class: "tools" }, pick, words), text);

  async function read(isFirst) {
    const isAtEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 40;
    try {
      const tail = await fileText(artifactPath(run.run_id, file.path), -TAIL);
      // The part may begin in the middle of a line.
      text.textContent = tail.isWhole ? tail.text : tail.text.slice(tail.text.indexOf("\n") + 1);
      fill(words, tail.isWhole ? format.bytes(tail.bytes) : `The last ${format.bytes(TAIL)} of ${format.bytes(tail.bytes)}. `,
        !tail.isWhole && h("a", { href: `${artifactURL(run.run_id, file.path)}?download`, download: "" }, "All of it"));
      if (isFirst || isAtEnd) text.scrollTop = text.scrollHeight;
    } catch (error) {
      fill(words, failure(error));
    }
  }
  read(true);
  return { changed: (next) => { if (next.status === "RUNNING") read(false); } };
}
