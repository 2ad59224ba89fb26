// What a run prints: the end of it, which goes on while the run does.
import { artifactURL, part, response } from "./api.js";
import { block } from "./artifacts.js";
import { h, fill, empty } from "./dom.js";
import * as format from "./format.js";
import { LogText } from "./logtext.js";
import { failure } from "./notice.js";

const STREAMS = ["stdout", "stderr"];
const PACE = 1_000; // milliseconds between two looks at what grows
const SLOW = 5_000; // the same where nothing is captured yet
const BEHIND = 4 << 20; // bytes: who is further behind goes on near the end

const fileOf = (run, stream) => run.artifacts.find((one) => one.path === `logs/${stream}.txt`);
const goesOn = (run) => run.status === "RUNNING" && !run.vanished;

export function logTab(place, run) {
  const log = new Log(place, run);
  log.read();
  return { changed: (next) => log.changed(next), leave: () => log.leave() };
}

class Log {
  constructor(place, run) {
    Object.assign(this, { place, run, stream: STREAMS[0], isChosen: false, isLeft: false, timer: 0 });
    this.block = block("", "Output");
    this.block.classList.add("log");
    this.text = new LogText(this.block);
    this.words = h("p", { class: "soft", "aria-live": "off" });
    this.pick = h("span", { class: "tabs-small" }, STREAMS.map((one) => h("button", { type: "button", dataset: { stream: one }, onclick: () => this.choose(one) }, one)));
    this.seen = () => !document.hidden && this.read();
    document.addEventListener("visibilitychange", this.seen);
    this.begin();
  }

  /** Of the stream, nothing is known. */
  begin() {
    Object.assign(this, { at: null, first: 0, size: 0, state: "none", sha256: null });
    this.text.clear();
  }

  choose(stream) {
    this.isChosen = true;
    if (stream === this.stream) return;
    this.stream = stream;
    this.begin();
    this.read();
  }

  changed(next) {
    this.run = next;
    const kept = fileOf(next, this.stream)?.sha256;
    // What another change put in its place is another text.
    if (this.sha256 && kept !== this.sha256) this.begin();
    this.read();
  }

  leave() {
    this.isLeft = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.seen);
  }

  /** One at a time; who asks meanwhile is served by one more. */
  async read() {
    this.isWanted = true;
    if (this.isReading) return;
    this.isReading = true;
    clearTimeout(this.timer);
    while (this.isWanted && !this.isLeft) {
      this.isWanted = false;
      try {
        await this.readOn();
      } catch (error) {
        if (!this.isLeft) this.tell(error);
      }
    }
    this.isReading = false;
    const pace = this.state === "live" ? PACE : goesOn(this.run) ? SLOW : 0;
    if (pace && !this.isLeft) this.timer = setTimeout(() => document.hidden || this.read(), pace);
  }

  /** Until there is no more of it now. */
  async readOn() {
    for (;;) {
      const { stream, at } = this;
      const answer = await response(`runs/${part(this.run.run_id)}/log?stream=${stream}${at === null ? "" : `&from=${at}`}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const told = (name) => answer.headers.get(`X-Fieldbook-${name}`);
      const [state, size, from, other] = [told("State"), ...["Size", "From", "Other"].map((name) => Number(told(name)))];
      if (this.isLeft || stream !== this.stream) return;
      // What is shorter than it was is another text.
      const isOther = at !== null && (from !== at || size < at);
      if (isOther || size - from - bytes.length > BEHIND) {
        this.begin();
        continue;
      }
      const isEnd = from + bytes.length >= size;
      if (at === null) this.first = from;
      Object.assign(this, { at: from + bytes.length, size, state, other });
      if (state === "kept") this.sha256 = fileOf(this.run, stream)?.sha256 ?? null;
      if (!size && other && !this.isChosen) {
        this.stream = STREAMS.find((one) => one !== stream);
        this.begin();
        continue;
      }
      this.show(at === null && from > 0 ? bytes.subarray(bytes.indexOf(10) + 1) : bytes, at === null, isEnd && state === "kept");
      if (isEnd) return;
    }
  }

  /** Follows the end where the reader is there. */
  show(bytes, isFirst, isLast) {
    const { block, state, size, other } = this;
    if (!size && !other) return this.showNone();
    this.lay();
    const isAtEnd = isFirst || block.scrollHeight - block.scrollTop - block.clientHeight < 40;
    if (bytes.length || isLast) this.text.add(bytes, isLast);
    for (const button of this.pick.children) {
      const bytesOf = button.dataset.stream === this.stream ? size : other;
      button.setAttribute("aria-pressed", String(button.dataset.stream === this.stream));
      fill(button, button.dataset.stream, bytesOf > 0 && h("span", { class: "soft" }, ` ${format.bytes(bytesOf)}`));
    }
    const isPart = this.first > 0 || this.text.isCut;
    const file = state === "kept" && fileOf(this.run, this.stream);
    fill(this.words, !size ? "Nothing has been written to it." : isPart && `The end of ${format.bytes(size)}. `,
      isPart && file && h("a", { href: `${artifactURL(this.run.run_id, file.path)}?download`, download: "" }, "All of it"),
      state === "live" && h("span", { class: "log-live" }, " It goes on."));
    if (isAtEnd) block.scrollTop = block.scrollHeight;
  }

  lay() {
    if (this.block.isConnected) return;
    fill(this.place, h("div", { class: "tools" }, this.pick, this.words), this.block);
  }

  showNone() {
    const { run, state } = this;
    if (state === "live") fill(this.place, empty("Nothing has been written yet. What is comes here at once, and in a terminal:", `fieldbook logs ${format.short(run.run_id)} --follow`));
    else if (goesOn(run)) fill(this.place, empty("No output is here. It is captured, and shown while the run goes on where it was begun, of what is run by:", "fieldbook run -- COMMAND"));
    else fill(this.place, empty("No output was captured. It is, of what is run by:", "fieldbook run -- COMMAND"));
  }

  /** That the server does not answer is said in the banner. */
  tell(error) {
    if (error.status === 0) return;
    this.lay();
    fill(this.words, failure(error));
  }
}
