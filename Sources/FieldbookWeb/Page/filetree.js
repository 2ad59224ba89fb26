// Many files as a tree of folders. What a folder holds is made when somebody opens it, and of very many the first ones.
import { h, fill } from "./dom.js";
import * as format from "./format.js";

const AT_ONCE = 300;
const FOUND = 200;
const FEW = 12; // files among which nobody searches

/**
 * `files`: `{path, bytes, note, isMissing}`; `address(path)` leads to one. Gives `{element, show(path), take(files)}`: `show` marks a file as
 * the one looked at; `take` has others instead, and leaves open what was.
 */
export function fileTree({ files, address, label }) {
  let root = tree(files);
  let current = null;
  const turned = new Map(); // folder → whether somebody opened or closed it
  const list = h("div", { class: "file-list tree", tabindex: 0, role: "region", "aria-label": label });
  const search = h("input", { type: "search", placeholder: "Find a file", "aria-label": "Find a file", oninput: draw });

  const link = (file, name) => h("a", {
    href: address(file.path), title: file.path, dataset: { path: file.path }, "aria-current": file.path === current ? "true" : null,
  }, h("span", { class: "file-name" }, name), h("span", { class: file.isMissing ? "warn" : "soft" }, file.note ?? (file.bytes === null ? "" : format.bytes(file.bytes))));

  function folder(node, depth) {
    const inside = h("div", { class: "tree-inside" });
    const box = h("details", { ontoggle: open }, h("summary", { onclick: () => turned.set(node.path, !box.open) }, h("span", { class: "file-name" }, `${node.name}/`), h("span", { class: "soft" }, node.count.toLocaleString("en"))), inside);
    function open() {
      if (box.open && !inside.childElementCount) fill(inside, entries(node, depth + 1, 0));
    }
    const isUsual = (current && current.startsWith(`${node.path}/`)) || (depth === 0 && node.count <= FOUND);
    if (turned.get(node.path) ?? isUsual) {
      box.open = true;
      open();
    }
    return box;
  }

  /** The folders of a node and then its files, from the place `from` on. */
  function entries(node, depth, from) {
    const all = [...[...node.folders.values()].map((one) => () => folder(one, depth)), ...node.files.map((file) => () => link(file, file.path.slice(node.path ? node.path.length + 1 : 0)))];
    const made = all.slice(from, from + AT_ONCE).map((make) => make());
    if (all.length <= from + AT_ONCE) return made;
    const more = h("button", { type: "button", class: "quiet small tree-more", onclick: () => more.replaceWith(...entries(node, depth, from + AT_ONCE)) }, `${(all.length - from - AT_ONCE).toLocaleString("en")} more`);
    return [...made, more];
  }

  function draw() {
    const words = search.value.toLowerCase();
    if (!words) return fill(list, entries(root, 0, 0));
    const found = files.filter((one) => one.path.toLowerCase().includes(words));
    return fill(list, found.slice(0, FOUND).map((file) => link(file, file.path)), found.length > FOUND && h("p", { class: "soft tree-more" }, `and ${found.length - FOUND} more: type on`), !found.length && h("p", { class: "soft tree-more" }, "none"));
  }

  search.hidden = files.length <= FEW;
  const element = h("div", { class: "tree-frame" }, search, list);
  draw();
  return {
    element,
    take(next) {
      files = next;
      root = tree(files);
      search.hidden = files.length <= FEW && !search.value;
      const focused = document.activeElement?.dataset?.path;
      draw();
      if (focused !== undefined) list.querySelector(`a[data-path="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    },
    show(path) {
      const isFirst = current === null;
      current = path;
      if (isFirst && path) draw();
      for (const one of list.querySelectorAll("a[aria-current]")) one.removeAttribute("aria-current");
      list.querySelector(`a[data-path="${CSS.escape(path ?? "")}"]`)?.setAttribute("aria-current", "true");
    },
  };
}

function tree(files) {
  const root = { name: "", path: "", folders: new Map(), files: [], count: 0 };
  for (const file of files) {
    const names = file.path.split("/");
    names.pop();
    let node = root;
    node.count += 1;
    for (const name of names) {
      if (!node.folders.has(name)) node.folders.set(name, { name, path: node.path ? `${node.path}/${name}` : name, folders: new Map(), files: [], count: 0 });
      node = node.folders.get(name);
      node.count += 1;
    }
    node.files.push(file);
  }
  return root;
}
