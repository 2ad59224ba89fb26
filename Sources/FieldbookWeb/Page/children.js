// Runs that belong to this one, and the one that this belongs to.
import { get, part, post } from "./api.js";
import * as columns from "./columns.js";
import { h, fill, empty } from "./dom.js";
import * as format from "./format.js";
import { failure } from "./notice.js";
import * as route from "./route.js";
import { Sparklines } from "./sparkline.js";
import { Table } from "./table.js";

const MOST = 500;
const COMPARED = 50;
const FRAME = 33; // pixels of the table that are no rows

export function childrenTab(place, run) {
  let isLeft = false;
  let runs = [];
  let table = null;
  const head = h("div", { class: "tools" });
  const body = h("div");
  fill(place, head, body);

  async function read() {
    try {
      const [answer, parent] = await Promise.all([
        post("runs/search", { filter: `tags.mlflow.parentRunId = '${run.run_id}'`, order_by: [], limit: MOST, page_token: null, experiment: null, deleted: false }),
        run.parent_run_id ? get(`runs/${part(run.parent_run_id)}`).catch(() => null) : null,
      ]);
      if (!isLeft) draw(answer, parent);
    } catch (error) {
      if (!isLeft) fill(body, failure(error));
    }
  }

  function draw({ runs: found, total }, parent) {
    runs = found;
    const many = total ?? runs.length;
    fill(head, parent && h("p", null, "Belongs to ", h("a", { id: "parent", href: route.address(["runs", parent.run_id]) }, parent.name)),
      runs.length > 0 && h("span", { id: "children-tally" }, many > runs.length ? `the first ${runs.length} of ${format.count(many, "child", "children")}` : format.count(many, "child", "children")),
      runs.length > 0 && h("a", { class: "button", href: route.address(["compare"], { runs: runs.slice(0, COMPARED).map((one) => one.run_id).join(",") }) }, runs.length > COMPARED ? `Compare the first ${COMPARED}` : "Compare them"));
    if (!runs.length) {
      table?.leave();
      table = null;
      return fill(body, empty("No runs belong to this one. One does, that is begun by:", `fieldbook run --parent ${format.short(run.run_id)} -- COMMAND`));
    }
    if (!table) {
      const sparklines = new Sparklines(() => table?.soon());
      table = new Table({ label: "Children", rowAt: (i) => runs[i] ?? null, need: () => {}, sort: () => {}, moved: () => {}, isChosen: () => false });
      const nameCell = (one) => h("a", { href: route.address(["runs", one.run_id]), title: one.name }, one.name);
      table.setColumns(columns.usual(runs).map((id) => ({ ...columns.column(id, { order: null, isPinned: false, sparklines, nameCell }), sort: undefined, canMove: false })));
      fill(body, table.element);
    }
    table.element.style.setProperty("height", `min(62vh, ${runs.length * 30 + FRAME}px)`);
    return table.setCount(runs.length);
  }

  read();
  return {
    changed(next) {
      run = next;
      read();
    },
    leave() {
      isLeft = true;
      table?.leave();
    },
  };
}
