// One run.
import { get, module, part } from "./api.js";
import { h, fill, copyButton } from "./dom.js";
import * as format from "./format.js";
import { attempt, failure } from "./notice.js";
import { Part, say } from "./parts.js";
import * as route from "./route.js";
import { TABS, tally } from "./runtabs.js";

/** An `Editor` (edit.js) of what `run()` is then, which is brought when it has something to do. */
const editor = (run, shown) => new Proxy({}, {
  get: (_, deed) => async (...words) => {
    const brought = await attempt(() => module(import("./edit.js")));
    return brought ? new brought.Editor(run(), shown)[deed](...words) : false;
  },
});

export function show(main, place, context) {
  const view = new RunView(main, place, context);
  view.read();
  return {
    keys: view.keys(),
    update: (next) => view.update(next),
    changed: () => view.read(),
    arrived: () => view.read(),
    leave: () => view.leave(),
  };
}

class RunView {
  constructor(main, place, context) {
    Object.assign(this, { main, context, id: place.path[1], query: place.query, run: null, turns: 0 });
    this.editor = editor(() => this.run, (next) => this.take(next));
    this.took = h("dd");
    this.head = new Part(h("div", { class: "run-head" }), () => this.headOf());
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the run" });
    this.body = h("div", { class: "tab-body", role: "tabpanel", id: "tab-body", tabindex: -1 });
  }

  get tab() { return TABS.some(({ name }) => name === this.query.tab) ? this.query.tab : "overview"; }
  /** What shows the tab. */
  brought() { return TABS.find((one) => one.name === this.tab).load(); }
  get canWrite() { return this.context.status?.can_write !== false; }

  async read() {
    // Asked for together; that it cannot be brought is said where it would stand.
    if (!this.run) this.brought().catch(() => {});
    try {
      const run = await get(`runs/${part(this.id)}`);
      if (this.isLeft) return;
      const isFirst = !this.run;
      this.take(run, isFirst);
    } catch (error) {
      if (error.status !== 0 || !this.run) fill(this.main, failure(error), h("p", null, h("a", { href: "#/runs" }, "To the runs")));
    }
  }

  /** The run as it is now, after a change of one's own or another's: of all that is shown, what changed. */
  take(run, isFirst = false) {
    if (this.isLeft) return;
    const before = this.run && JSON.stringify(this.run);
    this.run = run;
    const isOther = before !== JSON.stringify(run);
    if (isFirst) fill(this.main, this.head.element, this.tabs, this.body);
    this.drawHead();
    if (isFirst || this.couldWrite !== this.canWrite) this.drawTab();
    else {
      this.drawTabs();
      if (this.part?.changed) this.part.changed(run);
      else if (isOther) this.drawTab();
    }
  }

  drawHead() {
    const { run } = this;
    document.title = `${run.name} · Fieldbook`;
    this.head.take([run.name, run.experiment, run.lifecycle, run.conflicts, run.status, run.vanished, run.start_time, run.user, run.device, run.parent_run_id, run.models, this.canWrite]);
    say(this.took, format.duration(format.runTime(run)));
  }

  headOf() {
    const { run } = this;
    const isDeleted = run.lifecycle === "deleted";
    const fact = (label, ...value) => h("div", null, h("dt", null, label), h("dd", null, value));
    return [
      h("p", { class: "crumbs" }, h("a", { href: "#/runs" }, "Runs"), " / ", h("a", { href: route.address(["runs"], { experiment: run.experiment.name }) }, run.experiment.name)),
      h("div", { class: "run-title" }, h("h1", null, run.name),
        h("span", { class: "run-tools" },
          isDeleted && h("span", { class: "chip chip-bad" }, "deleted"),
          run.conflicts.map((id) => h("a", { class: "chip chip-warn", href: route.address(["conflicts", id]) }, "in conflict")),
          this.canWrite && h("button", { type: "button", class: "quiet small", onclick: () => this.editor.rename() }, "Rename"),
          this.canWrite && (isDeleted ? h("button", { type: "button", class: "small", onclick: () => this.editor.restore() }, "Restore")
            : h("button", { type: "button", class: "quiet small danger", onclick: () => this.editor.remove() }, "Delete")))),
      h("dl", { class: "facts" },
        fact("Status", format.status(run)), fact("Started", format.time(run.start_time, "local")), h("div", null, h("dt", null, "Took"), this.took),
        fact("By", `${run.user ?? "–"} on ${run.device}`), fact("Id", h("code", { title: run.run_id }, format.short(run.run_id)), copyButton(run.run_id)),
        run.parent_run_id && fact("Parent", h("a", { href: route.address(["runs", run.parent_run_id]) }, format.short(run.parent_run_id))),
        run.models?.length > 0 && fact("Models", run.models.join(", ")))];
  }

  drawTabs() {
    const { run, tab } = this;
    const state = JSON.stringify([tab, TABS.map(({ name }) => tally(run, name))]);
    if (state === this.tabsDrawn) return;
    this.tabsDrawn = state;
    const focused = this.tabs.contains(document.activeElement) && document.activeElement.id;
    fill(this.tabs, TABS.map(({ name, title }) => h("a", {
      role: "tab", id: `tab-${name}`, "aria-selected": String(name === tab), "aria-controls": "tab-body",
      href: route.address(["runs", this.id], { tab: name === "overview" ? "" : name }),
    }, title, tally(run, name) > 0 && h("span", { class: "soft" }, ` ${tally(run, name)}`))));
    if (focused) document.getElementById(focused).focus();
  }

  drawTab() {
    const { tab, body } = this;
    this.couldWrite = this.canWrite;
    this.drawTabs();
    this.tabs.querySelector("[aria-selected=true]").scrollIntoView({ block: "nearest", inline: "nearest" });
    body.setAttribute("aria-labelledby", `tab-${tab}`);
    this.part?.leave?.();
    this.part = null;
    this.fillTab();
  }

  async fillTab() {
    const { body } = this;
    const mine = ++this.turns;
    let showPart;
    try {
      showPart = await module(this.brought());
    } catch (error) {
      if (mine === this.turns) fill(body, failure(error));
      return;
    }
    if (mine !== this.turns || this.isLeft) return;
    const { run, query } = this;
    const draft = body.querySelector("textarea")?.value;
    fill(body);
    const set = (words) => route.go(["runs", this.id], { ...this.query, ...words }, { replace: true });
    this.part = showPart(body, run, query, set, this.canWrite && this.editor) ?? null;
    if (draft && body.querySelector("textarea")) body.querySelector("textarea").value = draft;
  }

  update(place) {
    if (place.path[1] !== this.id) return false;
    const { tab } = this;
    this.query = place.query;
    if (!this.run) return true;
    if (tab === this.tab && this.part?.update) this.part.update(this.query);
    else this.drawTab();
    return true;
  }

  keys() {
    return [
      ...TABS.slice(0, 10).map(({ name, title }, i) => ({ keys: String((i + 1) % 10), does: title, deed: () => route.go(["runs", this.id], { tab: name === "overview" ? "" : name }) })),
      { keys: "e", does: "edit the description", deed: () => this.run && this.canWrite && this.editor.describe() },
      { keys: "#", does: "add a tag", deed: () => this.run && this.canWrite && this.editor.tag() },
      { keys: "u", does: "up to the runs", deed: () => route.go(["runs"]) },
    ];
  }

  leave() {
    this.isLeft = true;
    this.part?.leave?.();
  }
}
