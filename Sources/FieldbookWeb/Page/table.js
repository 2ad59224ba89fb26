// A table of very many rows of which only those that can be seen are in the document.
import { h, fill } from "./dom.js";

const ROW = 30; // pixels, as in views.css
const MARGIN = 12; // rows above and below what is seen

/**
 * `columns`: `{id, title, width, isNumber, isPinned, sort, cell(row)}`; `sort` is null, "ASC" or "DESC", undefined where one cannot sort.
 * `rowAt(index)` gives a row or null while it is on its way; `need(first, last)` is told what is seen.
 */
export class Table {
  constructor({ label, rowAt, need, sort, moved, isChosen }) {
    Object.assign(this, { rowAt, need, sort, moved, isChosen, count: 0, columns: [], cursor: -1 });
    this.head = h("thead");
    this.body = h("tbody");
    this.groups = h("colgroup");
    this.table = h("table", { class: "grid", "aria-label": label }, this.groups, this.head, this.body);
    this.element = h("div", { class: "grid-frame", tabindex: 0, role: "region", "aria-label": label }, this.table);
    this.element.addEventListener("scroll", () => this.soon(), { passive: true });
    this.watch = new ResizeObserver(() => this.soon());
    this.watch.observe(this.element);
  }

  setColumns(columns) {
    this.columns = columns;
    fill(this.groups, columns.map((one) => h("col", { style: { width: `${one.width}px` } })));
    const total = columns.reduce((sum, one) => sum + one.width, 0);
    this.table.style.setProperty("width", `${total}px`);
    let left = 0;
    this.lefts = columns.map((one) => {
      if (!one.isPinned) return null;
      left += one.width;
      return left - one.width;
    });
    fill(this.head, h("tr", null, columns.map((one, place) => this.heading(one, place))));
    this.draw();
  }

  heading(one, place) {
    const sorted = one.sort === "ASC" ? "ascending" : one.sort === "DESC" ? "descending" : null;
    const cell = h("th", {
      scope: "col", class: this.classes(one, place), style: this.place(place), "aria-sort": sorted, title: one.hint ?? one.id,
      draggable: one.canMove ? "true" : null,
    }, one.head ?? (one.sort === undefined ? one.title : h("button", {
      type: "button", class: "sort", onclick: () => this.sort(one),
    }, h("span", null, one.title), sorted && h("span", { "aria-hidden": "true" }, sorted === "ascending" ? "↑" : "↓"))));
    if (one.canMove) {
      cell.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", one.id));
      cell.addEventListener("dragover", (event) => event.preventDefault());
      cell.addEventListener("drop", (event) => {
        event.preventDefault();
        this.moved(event.dataTransfer.getData("text/plain"), one.id);
      });
    }
    return cell;
  }

  classes(one, place) {
    return [one.isNumber && "num", one.isPinned && "pinned", one.isPinned && this.columns[place + 1]?.isPinned !== true && "pinned-last", one.class]
      .filter(Boolean).join(" ") || null;
  }

  place(place) {
    return this.lefts[place] === null ? {} : { left: `${this.lefts[place]}px` };
  }

  setCount(count) {
    this.count = count;
    this.table.setAttribute("aria-rowcount", String(count + 1));
    this.draw();
  }

  soon() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** The indices of the rows that can be seen. */
  seen() {
    const top = this.element.scrollTop;
    const height = this.element.clientHeight || 600;
    return [Math.max(0, Math.floor(top / ROW)), Math.min(this.count, Math.ceil((top + height) / ROW))];
  }

  draw() {
    const [first, last] = this.seen();
    const from = Math.max(0, first - MARGIN);
    const to = Math.min(this.count, last + MARGIN);
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const rows = [];
    if (from > 0) rows.push(this.space(from));
    for (let index = from; index < to; index += 1) rows.push(this.row(index));
    if (to < this.count) rows.push(this.space(this.count - to));
    this.body.replaceChildren(...rows);
    if (focused) this.body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    if (to > from) this.need(from, to);
  }

  space(rows) {
    return h("tr", { "aria-hidden": "true", class: "space" },
      h("td", { colspan: this.columns.length, style: { height: `${rows * ROW}px` } }));
  }

  row(index) {
    const row = this.rowAt(index);
    const chosen = row && this.isChosen(row);
    return h("tr", { "aria-rowindex": index + 2, class: [chosen && "chosen", index === this.cursor && "cursor"].filter(Boolean).join(" ") || null, dataset: { index } },
      row
        ? this.columns.map((one, place) => h("td", { class: this.classes(one, place), style: this.place(place) }, one.cell(row)))
        : h("td", { colspan: this.columns.length, class: "soft loading-cell" }, "…"));
  }

  /** Moves the keyboard's row, and the frame so that it is seen. */
  moveCursor(by) {
    if (!this.count) return;
    this.cursor = Math.max(0, Math.min(this.count - 1, this.cursor + by));
    const top = this.cursor * ROW;
    const frame = this.element;
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (top + ROW * 3 > frame.scrollTop + frame.clientHeight) frame.scrollTop = top + ROW * 3 - frame.clientHeight;
    this.draw();
  }

  leave() {
    this.watch.disconnect();
    cancelAnimationFrame(this.frame);
  }
}
