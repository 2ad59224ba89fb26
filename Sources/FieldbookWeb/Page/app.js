// The shell: header, routes, theme, and which view hears of changes.
import { get } from "./api.js";
import { h, fill, paced } from "./dom.js";
import * as format from "./format.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

const VIEWS = {
  runs: () => import("./runs.js"),
  run: () => import("./run.js"),
  compare: () => import("./compare.js"),
  models: () => import("./models.js"),
  conflicts: () => import("./conflicts.js"),
  sync: () => import("./sync.js"),
};
const PACE = 1_000; // milliseconds between two looks at what changed
const NAV = [["runs", "Runs"], ["compare", "Compare"], ["models", "Models"], ["conflicts", "Conflicts"], ["sync", "Sync"]];

/** What every view may ask: `context.status` is the newest document of `status`. */
const context = { status: null };
let shown = null; // {name, view}
let passage = 0;

async function move() {
  const place = route.read();
  const [first = "runs", second] = place.path;
  const name = first === "runs" && second ? "run" : first;
  mark(first);
  if (shown?.name === name && shown.view.update?.(place)) return;
  const mine = ++passage;
  shown?.view.leave?.();
  shown = null;
  keys.forView([]);
  const main = document.getElementById("main");
  try {
    if (!Object.hasOwn(VIEWS, name)) throw Object.assign(new Error(`there is no page “${name}”`), { hint: "go to the runs: press g, then r" });
    const module = await VIEWS[name]();
    if (mine !== passage) return;
    fill(main);
    main.className = `view-${name}`;
    const view = module.show(main, place, context);
    shown = { name, view };
    keys.forView(view.keys ?? []);
  } catch (error) {
    if (mine === passage) fill(main, failure(error));
  }
}

function mark(name) {
  for (const link of document.querySelectorAll("nav a[data-name]")) {
    if (link.dataset.name === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${NAV.find((one) => one[0] === name)?.[1] ?? "Fieldbook"} · ${context.status?.workspace?.name ?? "Fieldbook"}`;
}

function header() {
  fill(document.getElementById("top"),
    h("a", { class: "brand", href: "#/runs", "aria-label": "Fieldbook, to the runs" },
      h("img", { src: "/page/icon.svg", alt: "", width: 22, height: 22 }), h("span", { id: "workspace" }, "Fieldbook")),
    h("nav", { "aria-label": "Pages" }, NAV.map(([name, title]) =>
      h("a", { href: `#/${name}`, dataset: { name } }, title, name === "conflicts" && h("span", { id: "conflicts-badge" })))),
    h("div", { class: "top-end" },
      h("span", { id: "device", class: "soft" }),
      h("a", { id: "unsent", class: "chip", href: "#/sync", hidden: true }),
      h("button", { type: "button", class: "quiet icon", id: "theme", title: "Light or dark (t)", "aria-label": "Switch between light and dark", onclick: turnTheme }, "◐"),
      h("button", { type: "button", class: "quiet icon", title: "Keys (?)", "aria-label": "List the keys", onclick: () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true })) }, "?")));
}

async function refreshStatus() {
  try {
    context.status = await get("status");
  } catch {
    return; // live.js says it
  }
  const status = context.status;
  document.getElementById("workspace").textContent = status.workspace?.name ?? "Fieldbook";
  fill(document.getElementById("device"), status.device?.name ?? "", status.device?.role === "reader" || status.can_write === false ? " · read only" : "", status.device?.pending && " · pending");
  document.getElementById("device").title = `this device; Fieldbook ${status.version ?? ""}`;
  badge(status.conflicts);
  const unsent = document.getElementById("unsent");
  unsent.hidden = !status.unsent_ops;
  fill(unsent, `${(status.unsent_ops ?? 0).toLocaleString("en")} unsent`);
  unsent.title = "changes that no remote has yet; send them: fieldbook sync";
  mark(route.read().path[0] ?? "runs");
}

function badge(conflicts) {
  const place = document.getElementById("conflicts-badge");
  const total = conflicts?.total ?? 0;
  place.hidden = total === 0;
  place.className = `badge${conflicts?.blocking ? " badge-blocking" : ""}`;
  fill(place, total, h("span", { class: "unseen" }, conflicts?.blocking ? ` open, ${conflicts.blocking} blocking` : " open"));
}

function turnTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem("fieldbook.theme", root.dataset.theme);
  } catch { /* then only until the page is left */ }
  dispatchEvent(new Event("themechange"));
}

function begin() {
  header();
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  keys.begin();
  keys.always(
    ...NAV.map(([name, title]) => ({ keys: `g ${name === "conflicts" ? "o" : name[0]}`, does: title, deed: () => route.go([name]) })),
    { keys: "t", does: "light or dark", deed: turnTheme });
  route.onMove(move);
  refreshStatus().then(move);
  // A page that nobody looks at asks for nothing until somebody does.
  let isOld = false;
  const heard = paced(PACE, () => {
    isOld = document.hidden;
    if (isOld) return;
    refreshStatus();
    shown?.view.changed?.();
  });
  addEventListener("visibilitychange", () => { if (isOld && !document.hidden) heard(); });
  live.begin({
    change(data) {
      badge(data.conflicts);
      heard();
    },
    back() {
      refreshStatus();
      if (shown?.view.changed) shown.view.changed();
      else move();
    },
  });
  setInterval(() => {
    for (const one of document.querySelectorAll("time[datetime]")) {
      if (/ago$|now$/.test(one.textContent)) one.textContent = format.ago(one.getAttribute("datetime"));
    }
  }, 30_000);
}

begin();
