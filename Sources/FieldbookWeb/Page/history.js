// Who changed what when, of one run.
import { get, part, post } from "./api.js";
import { h, fill, empty, scroller } from "./dom.js";
import * as format from "./format.js";
import { attempt, failure, notice } from "./notice.js";

export function historyTab(place, run, query, set, editor) {
  let field = "";
  const body = h("div");
  const select = h("select", { "aria-label": "Field", onchange: (event) => { field = event.target.value; draw(); } });
  let entries = [];
  let drawn = "";
  fill(place, h("div", { class: "tools" }, select), body);

  async function takeBack(op) {
    if (!await attempt(() => post("undo", { op }))) return;
    notice("Taken back.");
    read();
  }

  /** Times as times, bytes as bytes. */
  const told = (field, text) => {
    if (text === null || !/^\d+$/.test(text)) return value(text);
    if (/(^|_)time$/.test(field)) return format.time(new Date(Number(text)).toISOString());
    return value(text);
  };

  const value = (text) => (text === null ? h("span", { class: "soft" }, "none") : h("span", { class: "value-text", title: text }, text.length > 300 ? `${text.slice(0, 300)}…` : text));

  function draw() {
    const shown = entries.filter((one) => !field || one.field === field).reverse();
    if (!entries.length) return fill(body, empty("Nothing has been changed."));
    return fill(body, scroller("Changes", h("table", { class: "plain changes" },
      h("thead", null, h("tr", null, ["When", "Who", "Field", "Before", "After", "Change"].map((word) => h("th", { scope: "col" }, word)))),
      h("tbody", null, shown.map((one) => h("tr", null,
        h("td", null, format.time(one.time)), h("td", null, `${one.author} on ${one.device}`), h("td", null, h("code", null, one.field)),
        h("td", null, told(one.field, one.before)), h("td", null, told(one.field, one.after)),
        h("td", null, h("code", { class: "soft", title: one.op }, format.short(one.op)), " ",
          editor && h("button", { type: "button", class: "quiet small", title: `as: fieldbook undo ${one.op.slice(0, 10)}`, "aria-label": `Take back the change ${format.short(one.op)} of ${one.field}`, onclick: () => takeBack(one.op) }, "Undo"))))))));
  }

  async function read() {
    try {
      const read = (await get(`runs/${part(run.run_id)}/history`)).entries;
      if (drawn === JSON.stringify(read)) return;
      drawn = JSON.stringify(read);
      entries = read;
      fill(select, h("option", { value: "" }, "All fields"), [...new Set(entries.map((one) => one.field))].sort().map((name) => h("option", { value: name }, name)));
      select.value = field;
      draw();
    } catch (error) {
      fill(body, failure(error));
    }
  }
  read();
  return { changed: read };
}
