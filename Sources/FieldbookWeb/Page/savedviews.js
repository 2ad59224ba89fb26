// Views that the team saved: an address under a name. Saved, written over after asking, removed, and each of these taken back.
import { get, post } from "./api.js";
import { h, fill } from "./dom.js";
import * as format from "./format.js";
import { attempt, dialog, failure, notice } from "./notice.js";

const MOST_BYTES = 4000; // of an address, as the server bounds it

const here = () => location.hash.replace(/^#/, "") || "/runs";

/** The button of the menu; `canWrite()` says whether this replica may change anything. */
export class SavedViews {
  constructor(canWrite) {
    Object.assign(this, { canWrite, views: [], error: null });
    this.button = h("button", { type: "button", id: "views", onclick: () => this.open() }, "Views");
  }

  async read() {
    try {
      this.views = (await get("views")).views;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.take();
  }

  /** The button says which of them is open. */
  take() {
    const one = this.views.find((view) => view.address === here());
    fill(this.button, one ? ["View: ", h("span", { class: "view-name" }, one.name)] : "Views");
  }

  async open() {
    const list = h("ul", { class: "view-list" });
    const input = h("input", { id: "view-name", autocomplete: "off", maxlength: 200, "aria-label": "Name of the view", placeholder: "Save what is shown as …" });
    const asked = h("div", { role: "alert", hidden: true });
    const form = h("form", {
      class: "view-form", onsubmit: (event) => {
        event.preventDefault();
        const name = input.value.trim();
        const before = this.views.find((view) => view.name === name);
        if (!name) return input.focus();
        if (!before) return this.save(name, redraw);
        asked.hidden = false;
        fill(asked, h("p", { class: "warn" }, `There is a view “${name}” by ${before.author}. `),
          h("div", { class: "form-end" }, h("button", { type: "button", onclick: () => { asked.hidden = true; } }, "Keep it"), h("button", { type: "button", class: "danger", onclick: () => this.save(name, redraw) }, "Write over it")));
        return asked.querySelector("button").focus();
      },
    }, h("div", { class: "view-save" }, input, h("button", { type: "submit", class: "main" }, "Save")), asked);
    const redraw = () => {
      asked.hidden = true;
      input.value = "";
      relist();
    };
    // What is being typed meanwhile stays.
    const relist = () => {
      fill(list, this.error && failure(this.error), this.views.map((view) => h("li", null,
        h("div", null, h("a", { href: `#${view.address}`, onclick: () => close(), "aria-current": view.address === here() ? "true" : null }, view.name),
          h("p", { class: "soft" }, `${view.author} on ${view.device}, `, format.time(view.time))),
        this.canWrite() && h("button", { type: "button", class: "quiet small", "aria-label": `Remove the view ${view.name}`, onclick: () => this.remove(view, redraw) }, "Remove"))),
      !this.views.length && !this.error && h("li", { class: "soft" }, "None yet. A view is all that the address says: filter, order, columns, groups, curves. The team has it after a sync."));
    };
    relist();
    const close = dialog("Views", list, this.canWrite() && form);
    await this.read();
    relist();
    if (!input.value) (list.querySelector("a") ?? input).focus();
  }

  async change(name, address) {
    const told = await attempt(() => post("views", { name, address }));
    if (!told) return false;
    this.views = told.views;
    this.take();
    return true;
  }

  async save(name, done) {
    const address = here();
    const before = this.views.find((view) => view.name === name);
    if (new TextEncoder().encode(address).length > MOST_BYTES) return notice("This view is too long to be saved.", { isError: true, hint: "Untick some runs, or choose fewer columns." });
    if (!await this.change(name, address)) return null;
    done();
    return notice(before ? `View “${name}” written over.` : `View “${name}” saved.`, { hint: "the team has it after a sync", undo: () => this.change(name, before?.address ?? null) });
  }

  async remove(view, done) {
    if (!await this.change(view.name, null)) return;
    done();
    notice(`View “${view.name}” removed.`, { undo: () => this.change(view.name, view.address) });
  }
}
