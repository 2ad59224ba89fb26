// Elements made of data. Whatever comes from a peer becomes text here, never markup: there is no way to give HTML.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "line", "circle", "g", "text", "rect", "polyline", "title-svg", "a-svg"]); // the last two also are HTML's

/** `h("a", {class: "x", href: "#/runs", onclick: f}, "text", child, [children])`. Null, false and undefined are left out. */
export function h(tag, attributes, ...children) {
  const element = SVG_TAGS.has(tag)
    ? document.createElementNS(SVG, tag.replace(/-svg$/, ""))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  add(element, children);
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) {
    if (typeof value !== "function") throw new TypeError(`${name} wants a function`);
    element.addEventListener(name.slice(2), value);
  } else if (name === "style") {
    // By CSSOM, property by property: the policy of the page forbids style attributes.
    for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
  } else if (name === "dataset") {
    for (const [key, text] of Object.entries(value)) element.dataset[key] = text;
  } else if (name === "href" && !isOwnPlace(value)) {
    const safe = safeLink(value);
    if (!safe) return;
    element.setAttribute("href", safe);
    element.setAttribute("rel", "noopener noreferrer");
    element.setAttribute("target", "_blank");
  } else if (["value", "checked", "selected", "disabled", "indeterminate", "hidden"].includes(name)) {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

const isOwnPlace = (href) => typeof href === "string" && (href.startsWith("#") || href.startsWith("/page/") || href.startsWith("blob:"));

/** The address if it is plain http or https, else null: `javascript:`, `data:` and the like are no links. */
export function safeLink(text) {
  try {
    const url = new URL(String(text));
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** What is wider or higher than its place: it scrolls, with the keyboard too. */
export const scroller = (label, ...children) => h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, children);

/** Replaces all children. */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

/** What the document itself has under a name that may be anything, `constructor` included. */
export const own = (map, key) => (Object.hasOwn(map, key) ? map[key] : undefined);

/** The first call after `wait` milliseconds without another. */
export function later(wait, deed) {
  let timer = 0;
  const call = (...words) => {
    clearTimeout(timer);
    timer = setTimeout(() => deed(...words), wait);
  };
  call.stop = () => clearTimeout(timer);
  return call;
}

/** At once, and then at most once in `wait` milliseconds, the last time included. */
export function paced(wait, deed) {
  let timer = 0;
  let isWanted = false;
  return function call() {
    isWanted = true;
    if (timer) return;
    isWanted = false;
    deed();
    timer = setTimeout(() => {
      timer = 0;
      if (isWanted) call();
    }, wait);
  };
}

export function empty(words, command, more) {
  return h("div", { class: "empty" }, h("p", null, words),
    command && h("p", null, h("code", { class: "command" }, command), copyButton(command)), more);
}

/** A small sign in the colour of the text, drawn by `path` on 16 × 16: a letter that the font lacks is looked for in all others. */
export const glyph = (path) => h("svg", { class: "glyph", viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" }, h("path", { d: path }));

export function copyButton(text, label = "Copy") {
  const button = h("button", {
    type: "button", class: "quiet small", title: `Copy: ${text}`, "aria-label": `Copy ${text}`,
    async onclick() {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => { button.textContent = label; }, 1500);
    },
  }, label);
  return button;
}
