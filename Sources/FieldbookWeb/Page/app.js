// The shell: which view is shown, who is signed in, and which view hears of changes.
import { forgetEarly, get, module, post, silence } from "./api.js";
import { fill, h, paced } from "./dom.js";
import * as format from "./format.js";
import { layHeader, mark, NAV, showConflicts, showStatus } from "./header.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import { attempt, failure } from "./notice.js";
import * as route from "./route.js";

const VIEWS = {
  runs: () => import("./runs.js"),
  run: () => import("./run.js"),
  compare: () => import("./compare.js"),
  models: () => import("./models.js"),
  conflicts: () => import("./conflicts.js"),
  sync: () => import("./sync.js"),
  "sign-in": () => import("./signin.js"),
};
const PACE = 1_000; // milliseconds between two looks at what changed
const REST = 2_000; // milliseconds after which what nobody has asked for yet is loaded, too

/** What every view may ask: `context.status` is the newest document of `status`; `signedIn()` is told by the page of that. */
const context = { status: null, signedIn };
let shown = null; // {name, view}
let passage = 0;
let isSignedOut = false;
/** The first look at the status, however it ends. */
let first = null;
const NEWS = ["moment", "contacts", "contents"];
/** What the first look, and each event, says of these: anything recorded, contacts with others, contents that are here. */
let known = {};
const news = new Set();

async function move() {
  const place = route.read();
  const [room = "runs", second] = place.path;
  // The address stays what it is: once one is signed in it leads where one wanted to be.
  const name = isSignedOut ? "sign-in" : room === "runs" && second ? "run" : room;
  mark(isSignedOut ? "sign-in" : room, context.status);
  if (shown?.name === name && shown.view.update?.(place)) return;
  const mine = ++passage;
  if (mine > 1) forgetEarly();
  shown?.view.leave?.();
  shown = null;
  keys.forView([]);
  const main = document.getElementById("main");
  try {
    if (!Object.hasOwn(VIEWS, name)) throw Object.assign(new Error(`there is no page “${name}”`), { hint: "go to the runs: press g, then r" });
    // What may be changed is known before anything is drawn, and is asked while the modules come.
    const [{ show }] = await Promise.all([module(VIEWS[name]()), first]);
    if (mine !== passage) return;
    fill(main);
    // A view draws when it has been answered: until then, and while the server is away, there is a word.
    setTimeout(() => {
      if (mine === passage && !main.childElementCount) fill(main, h("p", { class: "loading" }, "Waiting for the server…"));
    }, 1500);
    main.className = `view-${name}`;
    const view = show(main, place, context);
    shown = { name, view };
    keys.forView(view.keys ?? []);
  } catch (error) {
    if (mine === passage) fill(main, failure(error));
  }
}

async function refreshStatus() {
  try {
    context.status = await get("status");
  } catch {
    return; // live.js says it, or signedOut does
  }
  showStatus(context.status);
  mark(route.read().path[0] ?? "runs", context.status);
}

/** The server wants to know who looks, as a hub does. */
function signedOut() {
  if (isSignedOut) return;
  isSignedOut = true;
  context.status = null;
  live.end();
  showStatus(null);
  move();
}

async function signedIn() {
  const status = await get("status");
  isSignedOut = false;
  context.status = status;
  showStatus(status);
  live.begin(hears);
  if (route.read().path[0] === "sign-in") route.go(["runs"], {}, { replace: true });
  else move();
}

async function signOut() {
  if (await attempt(() => post("sign-out", {}))) signedOut();
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

// A page that nobody looks at asks for nothing until somebody does.
let isOld = false;
const heard = paced(PACE, () => {
  isOld = document.hidden;
  if (isOld || isSignedOut) return;
  const { view } = shown ?? {};
  if (news.has("moment") || news.has("contacts")) refreshStatus();
  if (news.has("moment")) view?.changed?.();
  else if (news.has("contacts") && view?.exchanged) view.exchanged();
  else if (news.has("contents")) view?.arrived?.();
  news.clear();
});

const hears = {
  change(data) {
    showConflicts(data.conflicts);
    // All that is shown was asked for after the first look.
    for (const one of NEWS) if (data[one] !== known[one]) news.add(one);
    known = data;
    if (news.size) heard();
  },
  back() {
    refreshStatus();
    if (shown?.view.changed) shown.view.changed();
    else move();
  },
};

/** Every view and every part of one, so that they open at once, also when the server is gone. */
async function loadRest() {
  try {
    await Promise.all(Object.values(VIEWS).map((load) => load()));
    const { TABS } = await import("./runtabs.js");
    await Promise.all([...TABS.map(({ load }) => load()), import("./edit.js"), import("./overlay.js"), import("./picture.js"), import("./groupcurves.js"), import("./logarithm.js")]);
  } catch { /* asked for again when it is wanted */ }
}

async function begin() {
  const listKeys = () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
  layHeader({ turnTheme, listKeys, signOut });
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  keys.begin();
  keys.always(
    ...NAV.map(([name, title]) => ({ keys: `g ${name === "conflicts" ? "o" : name[0]}`, does: title, deed: () => route.go([name]) })),
    { keys: "t", does: "light or dark", deed: turnTheme });
  silence.refused = signedOut;
  route.onMove(move);
  addEventListener("visibilitychange", () => { if (isOld && !document.hidden) heard(); });
  setInterval(() => {
    for (const one of document.querySelectorAll("time[datetime]")) {
      if (/ago$|now$/.test(one.textContent)) one.textContent = format.ago(one.getAttribute("datetime"));
    }
  }, 30_000);
  first = refreshStatus();
  move();
  await first;
  known = context.status ?? {};
  setTimeout(loadRest, REST);
  if (!isSignedOut) live.begin(hears);
}

begin();
