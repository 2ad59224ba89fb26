// The bar above all views: whose replica, where one can go, who looks on, and what is not sent.
import { fill, glyph, h } from "./dom.js";
import * as format from "./format.js";
import { notice } from "./notice.js";

export const NAV = [["runs", "Runs"], ["compare", "Compare"], ["models", "Models"], ["conflicts", "Conflicts"], ["sync", "Sync"]];

/** As icon.svg. An image would be a document of its own, which costs more than all of the bar. */
const sign = () => h("svg", { viewBox: "0 0 32 32", width: 22, height: 22, "aria-hidden": "true" },
  h("rect", { x: 4, y: 3, width: 24, height: 26, rx: 4, fill: "#17694d" }),
  h("path", { d: "M9 3v26", stroke: "#0f4a36", "stroke-width": 2 }),
  h("path", { d: "M12 22l5-7 4 4 5-9", fill: "none", stroke: "#d8f3e6", "stroke-width": 2.4, "stroke-linecap": "round", "stroke-linejoin": "round" }));

const part = (id) => document.getElementById(id);

/** `turnTheme`, `listKeys` and `signOut` are deeds. */
export function layHeader({ turnTheme, listKeys, signOut }) {
  fill(part("top"),
    h("a", { class: "brand", href: "#/runs", "aria-label": "Fieldbook, to the runs" },
      sign(), h("span", { id: "workspace" }, "Fieldbook")),
    h("nav", { "aria-label": "Pages" }, NAV.map(([name, title]) =>
      h("a", { href: `#/${name}`, dataset: { name } }, title, name === "conflicts" && h("span", { id: "conflicts-badge" })))),
    h("div", { class: "top-end" },
      h("span", { id: "device", class: "soft" }), h("button", { type: "button", id: "read-only", class: "small", hidden: true }, "read only"),
      h("a", { id: "unsent", class: "chip", href: "#/sync", hidden: true }), h("button", { type: "button", id: "sign-out", class: "quiet small", hidden: true, onclick: signOut }, "Sign out"),
      h("button", { type: "button", class: "quiet icon", id: "theme", title: "Light or dark (t)", "aria-label": "Switch between light and dark", onclick: turnTheme }, glyph("M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M8 2v12M8 5h4.5M8 8h6M8 11h4.5")),
      h("button", { type: "button", class: "quiet icon", title: "Keys (?)", "aria-label": "List the keys", onclick: listKeys }, "?")));
}

/** Shows the document `status`; null when nobody is signed in. */
export function showStatus(status) {
  document.body.classList.toggle("signed-out", !status);
  const viewer = status?.viewer ?? null;
  part("workspace").textContent = status?.workspace?.name ?? "Fieldbook";
  const device = part("device");
  if (viewer) {
    fill(device, viewer.owner, viewer.device && ` · ${viewer.device}`);
    device.title = `signed in as ${viewer.role} until ${format.local(viewer.until)}; this page is served by ${status.device?.name ?? "a hub"}`;
  } else {
    fill(device, status?.device?.name ?? "", status?.device?.pending && " · pending");
    device.title = `this device; Fieldbook ${status?.version ?? ""}`;
  }
  part("sign-out").hidden = !viewer;
  const why = status?.why_not ?? (status?.device?.role === "reader" ? "this device may only read" : "nothing can be changed here");
  const readOnly = part("read-only");
  readOnly.hidden = !status || (status.can_write !== false && status.device?.role !== "reader");
  readOnly.title = why;
  readOnly.onclick = () => notice(`Read only: ${why}`);
  showConflicts(status?.conflicts);
  const unsent = part("unsent");
  const [changes, points] = [status?.unsent_ops ?? 0, status?.open_points ?? 0];
  unsent.hidden = !(changes || points) || Boolean(viewer);
  fill(unsent, `${changes || !points ? changes.toLocaleString("en") : format.count(points, "point")} unsent`);
  unsent.title = `${format.count(changes, "change")}${points ? ` and ${format.count(points, "metric point")}` : ""} that no remote has yet; send them: fieldbook sync`;
}

export function showConflicts(conflicts) {
  const place = part("conflicts-badge");
  const total = conflicts?.total ?? 0;
  place.hidden = total === 0;
  place.className = `badge${conflicts?.blocking ? " badge-blocking" : ""}`;
  fill(place, total, h("span", { class: "unseen" }, conflicts?.blocking ? ` open, ${conflicts.blocking} blocking` : " open"));
}

/** Says in the bar and the window's title where one is. */
export function mark(name, status) {
  for (const link of document.querySelectorAll("nav a[data-name]")) {
    if (link.dataset.name === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${NAV.find((one) => one[0] === name)?.[1] ?? "Fieldbook"} · ${status?.workspace?.name ?? "Fieldbook"}`;
}
