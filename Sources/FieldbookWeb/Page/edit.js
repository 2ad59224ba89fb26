// Changes of a run: each asks the server, says what was done, and shows the run as it is then.
import { part, post } from "./api.js";
import { h, fill } from "./dom.js";
import { attempt, dialog, notice } from "./notice.js";
import { address } from "./route.js";

/** Deeds on one run; `shown(run)` gets it as it is afterwards. */
export class Editor {
  constructor(run, shown) {
    this.run = run;
    this.shown = shown;
  }

  /**
   * `words` tells what was done; `back` is the change that takes it back. `seen` is what the reader had before them: what others wrote
   * there since is not overwritten.
   */
  async change(body, words, back = null) {
    const before = this.run.conflicts;
    const run = await attempt(() => post(`runs/${part(this.run.run_id)}/change`, body));
    if (!run) return false;
    this.run = run;
    this.shown(run);
    const clash = run.conflicts.find((id) => !before.includes(id));
    if (clash) {
      notice("Written. Somebody else wrote something there meanwhile: both stand, as a conflict.", { isError: true, link: { href: address(["conflicts", clash]), words: "Look at it" } });
    } else {
      notice(words, { undo: back && (() => this.change(back, "Taken back.")) });
    }
    return true;
  }

  describe() {
    const seen = this.run.description;
    const before = seen ?? "";
    ask("Description", [{ name: "value", label: "Markdown", isLong: true, value: before }],
      ({ value }) => value === before || this.change({ action: "describe", value, seen }, "Described.", { action: "describe", value: before, seen: value || null }));
  }

  rename() {
    const before = this.run.name;
    ask("Rename", [{ name: "value", label: "Name", value: before }],
      ({ value }) => value === before || this.change({ action: "rename", value, seen: before }, "Renamed.", { action: "rename", value: before, seen: value }));
  }

  tag(key = "", value = "") {
    const had = key !== "";
    const { tags } = this.run;
    ask(had ? `Tag ${key}` : "Tag", [{ name: "key", label: "Name", value: key, isFixed: had }, { name: "value", label: "Value", value }],
      (tag) => {
        const seen = tags[tag.key] ?? null;
        return this.change({ action: "tag", ...tag, seen }, `Tagged ${tag.key}.`, { key: tag.key, seen: tag.value, ...(seen === null ? { action: "untag" } : { action: "tag", value: seen }) });
      });
  }

  untag(key) {
    const seen = this.run.tags[key];
    return this.change({ action: "untag", key, seen }, `Tag ${key} removed.`, { action: "tag", key, value: seen, seen: null });
  }

  label() {
    ask("Label", [{ name: "value", label: "Word" }], ({ value }) => this.change({ action: "label", value }, `Labelled ${value}.`, { action: "unlabel", value }));
  }

  unlabel(value) {
    return this.change({ action: "unlabel", value }, `Label ${value} removed.`, { action: "label", value });
  }

  comment(value) { return this.change({ action: "comment", value }, "Noted."); }

  remove() {
    return this.change({ action: "delete" }, "Deleted: hidden, and kept.", { action: "restore" });
  }

  restore() { return this.change({ action: "restore" }, "Restored."); }
}

/** A form in a dialog. `done(values)` gives false if it is to stay open. */
function ask(title, fields, done) {
  const inputs = fields.map((field) => {
    const attributes = { id: `ask-${field.name}`, name: field.name, value: field.value ?? "", readonly: field.isFixed, autocomplete: "off" };
    return [field, h(field.isLong ? "textarea" : "input", field.isLong ? { ...attributes, rows: 12 } : attributes)];
  });
  const form = h("form", {
    async onsubmit(event) {
      event.preventDefault();
      const values = Object.fromEntries(inputs.map(([field, input]) => [field.name, input.value]));
      if ((await done(values)) !== false) close();
    },
  });
  fill(form, inputs.map(([field, input]) => h("label", { for: input.id }, field.label, input)),
    h("div", { class: "form-end" }, h("button", { type: "submit", class: "main" }, "Save")));
  const close = dialog(title, form);
  const first = inputs.find(([field]) => !field.isFixed)[1];
  first.focus();
  first.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); });
}
