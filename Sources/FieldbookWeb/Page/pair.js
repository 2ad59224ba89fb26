// Which two of the compared runs stand beside each other.
import { h } from "./dom.js";
import * as route from "./route.js";

/** `[left, right]`: those that the address names, else the first two. */
export function pairOf(runs, query) {
  const find = (id) => runs.find((run) => run.run_id === id);
  const left = find(query.left) ?? runs[0];
  const right = [find(query.right), ...runs].find((run) => run && run !== left);
  return [left, right];
}

/** `set(words)` changes the address. */
export function pairBar(runs, [left, right], tints, set) {
  const choice = (name, label, run) => {
    const select = h("select", { "aria-label": label, onchange: (event) => set({ [name]: event.target.value }) }, runs.map((one) => h("option", { value: one.run_id }, one.name)));
    select.value = run.run_id;
    return h("span", { class: "inline-group" }, h("span", { class: "swatch", style: { background: tints.get(run.run_id) } }), runs.length > 2 ? select : h("a", { href: route.address(["runs", run.run_id]) }, run.name));
  };
  return h("div", { class: "tools pair-bar" }, choice("left", "From", left), h("span", { class: "soft" }, "to"), choice("right", "To", right),
    h("button", { type: "button", class: "small", onclick: () => set({ left: right.run_id, right: left.run_id }) }, "Swap"));
}
