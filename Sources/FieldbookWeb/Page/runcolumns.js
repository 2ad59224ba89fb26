// Which columns the table of runs has now, in which order, and by which it is sorted: what the address says, else what is usual.
import * as columns from "./columns.js";
import { chooseColumns } from "./chooser.js";
import * as route from "./route.js";

export class RunColumns {
  /** Of the view of runs, whose address it reads and changes. */
  constructor(view) {
    Object.assign(this, { view, usual: null });
  }

  get shown() { return this.view.query.columns ? route.list(this.view.query.columns).filter(columns.isColumn) : this.usual ?? []; }
  get pinned() { return this.view.query.pinned === undefined ? ["name"] : route.list(this.view.query.pinned); }
  get order() {
    const match = /^(.*?)\s+(ASC|DESC)$/.exec(this.view.query.order ?? "");
    return match ? { field: match[1], direction: match[2] } : null;
  }

  /** What is usual for these runs, once: columns that come and go while one scrolls are of no use. True if it was learnt now. */
  learn(runs) {
    if (this.usual || !runs.length) return false;
    this.usual = columns.usual(runs.slice(0, 200));
    return true;
  }

  /** For table.js. */
  columns() {
    const { order, shown, pinned, view } = this;
    const { grouped, ticked, pages, known, sparklines } = view;
    let ids = shown;
    if (view.query.differs) {
      const some = ticked.ids.map((id) => known.get(id)).filter(Boolean);
      const among = some.length > 1 ? some : grouped.isOn ? grouped.all.runs : pages.rows;
      ids = ids.filter((id) => id === "name" || columns.family(id) === "curve" || among.some((run) => columns.value(run, id) !== columns.value(among[0], id)));
    }
    const first = ids.filter((id) => pinned.includes(id));
    const isNarrow = matchMedia("(max-width: 720px)").matches;
    const all = [ticked.column(), ...[...first, ...ids.filter((id) => !pinned.includes(id))].map((id) => columns.column(id, {
      order, isPinned: !isNarrow && pinned.includes(id), sparklines, nameCell: (run) => ticked.nameCell(run),
    }))];
    return grouped.isOn ? all.map((one) => grouped.column(one)) : all;
  }

  sort(column) {
    const current = this.order;
    const flipped = { ASC: "DESC", DESC: "ASC" };
    const direction = current?.field === column.field ? flipped[current.direction] : column.first;
    const isOver = current?.field === column.field && current.direction !== column.first;
    this.view.set({ order: isOver ? "" : `${column.field} ${direction}` });
  }

  move(id, before) {
    const ids = this.shown.filter((one) => one !== id);
    if (!this.shown.includes(id) || id === before) return;
    ids.splice(ids.indexOf(before), 0, id);
    this.view.set({ columns: route.joined(ids) });
  }

  choose() {
    chooseColumns({
      names: this.view.names, chosen: this.shown, pinned: this.pinned, usual: () => this.usual,
      changed: (chosen, pinned) => this.view.set({ columns: route.joined(chosen), pinned: route.joined(pinned) || "none" }, true),
    });
  }
}
