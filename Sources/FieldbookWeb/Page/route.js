// The URL's hash holds the whole view: `#/runs/ID?tab=charts`. Back, forward and a copied address therefore work.

export function read() {
  const text = location.hash.replace(/^#/, "") || "/runs";
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  return {
    path: path.split("/").filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1))),
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `address(["runs", ID], {tab: "charts"})`. What is empty, null or false is left out. */
export function address(path, query = {}) {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "" && value !== false) words.set(key, String(value));
  }
  const text = words.toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

let listener = () => {};
export const onMove = (deed) => {
  listener = deed;
  addEventListener("hashchange", () => listener());
};

/** A new place; with `replace` it takes the present one's place in the history. */
export function go(path, query, { replace = false, quiet = false } = {}) {
  const to = address(path, query);
  if (to === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  if (!quiet) listener();
}

/** Lists in the URL: names may hold commas. */
export const list = (text) => (text ? text.split(",").map(decoded) : []);
export const joined = (names) => names.map(encodeURIComponent).join(",");
