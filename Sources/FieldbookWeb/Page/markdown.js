// Markdown as elements: headings, lists, quotes, tables, code, emphasis, links. Markup in it stays text; links are http or https only.
import { h, safeLink } from "./dom.js";
import { isTable, tableAt } from "./markdowntable.js";

const MOST = 200_000; // characters

export function markdown(text) {
  const lines = text.slice(0, MOST).replaceAll("\r\n", "\n").split("\n");
  const out = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i];
    const fence = /^\s*(```|~~~)/.exec(line);
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    const item = itemOf(line);
    if (fence) {
      const code = [];
      i += 1;
      while (i < lines.length && !lines[i].trim().startsWith(fence[1])) code.push(lines[i++]);
      i += 1;
      out.push(h("pre", { tabindex: 0 }, h("code", null, code.join("\n"))));
    } else if (heading) {
      // The page has its own first and second levels.
      out.push(h(`h${Math.min(6, heading[1].length + 2)}`, null, inline(heading[2])));
      i += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      out.push(h("hr"));
      i += 1;
    } else if (item) {
      const items = [];
      while (i < lines.length && itemOf(lines[i])?.isOrdered === item.isOrdered) {
        const words = [itemOf(lines[i]).text];
        i += 1;
        while (i < lines.length && /^\s+\S/.test(lines[i]) && !itemOf(lines[i])) words.push(lines[i++].trim());
        items.push(h("li", null, inline(words.join(" "))));
      }
      out.push(h(item.isOrdered ? "ol" : "ul", null, items));
    } else if (isTable(lines, i)) {
      const { element, next } = tableAt(lines, i, inline);
      out.push(element);
      i = next;
    } else if (/^\s*>/.test(line)) {
      const quote = [];
      while (i < lines.length && /^\s*>/.test(lines[i])) quote.push(lines[i++].replace(/^\s*>\s?/, ""));
      out.push(h("blockquote", null, h("p", null, inline(quote.join(" ")))));
    } else if (line.trim() === "") {
      i += 1;
    } else {
      const words = [];
      while (i < lines.length && lines[i].trim() !== "" && !/^\s*(```|~~~|>|#{1,6}\s)/.test(lines[i]) && !itemOf(lines[i]) && !isTable(lines, i)) words.push(lines[i++]);
      out.push(h("p", null, inline(words.join("\n"))));
    }
  }
  return h("div", { class: "markdown" }, out);
}

function itemOf(line) {
  const match = /^\s*(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/.exec(line);
  return match && { isOrdered: match[2] !== undefined, text: match[3] };
}

const PIECE = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\[([^\]]*)\]\(([^()\s]+)\)|(https?:\/\/[^\s<>"')\]]+)/;

function inline(text) {
  const out = [];
  let rest = text;
  for (;;) {
    const match = PIECE.exec(rest);
    if (!match) break;
    out.push(rest.slice(0, match.index));
    const [all, code, strong, under, weak, label, target, bare] = match;
    if (code !== undefined) out.push(h("code", null, code));
    else if (strong ?? under) out.push(h("strong", null, inline(strong ?? under)));
    else if (weak !== undefined) out.push(h("em", null, inline(weak)));
    else if (bare !== undefined) out.push(h("a", { href: bare }, bare));
    else out.push(safeLink(target) ? h("a", { href: target }, label || target) : all);
    rest = rest.slice(match.index + all.length);
  }
  out.push(rest);
  return out;
}
