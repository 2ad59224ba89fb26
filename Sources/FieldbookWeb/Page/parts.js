// What is drawn again only where its data are other: what somebody reads, hears, opened or has the focus on stays as it is.
import { fill } from "./dom.js";

/** `draw(data)` gives what is in `element`; what was unfolded in it stays unfolded. */
export class Part {
  constructor(element, draw) {
    Object.assign(this, { element, draw, drawn: null });
  }

  take(data) {
    const text = JSON.stringify(data);
    if (text === this.drawn) return;
    const isFirst = this.drawn === null;
    const folds = [...this.element.querySelectorAll("details")].map((one) => one.open);
    this.drawn = text;
    fill(this.element, this.draw(data));
    if (!isFirst) this.element.querySelectorAll("details").forEach((one, i) => { one.open = folds[i] ?? one.open; });
  }
}

/** Children of `list` by a key of theirs: `make(key)` gives `{element, take(data)}`. Those that stay are not moved. */
export class Rows {
  constructor(list, make) {
    Object.assign(this, { list, make, made: new Map() });
  }

  /** `[[key, data]]`, in order. */
  take(entries) {
    const wanted = new Set(entries.map(([key]) => key));
    for (const [key, { element }] of this.made) {
      if (wanted.has(key)) continue;
      element.remove();
      this.made.delete(key);
    }
    let next = this.list.firstElementChild;
    for (const [key, data] of entries) {
      const row = this.made.get(key) ?? this.make(key);
      this.made.set(key, row);
      if (row.element === next) next = next.nextElementSibling;
      else this.list.insertBefore(row.element, next);
      row.take(data);
    }
  }
}

/** Puts a text there if it is not there yet. */
export function say(element, text, title = null) {
  if (element.textContent !== text) element.textContent = text;
  if (title !== null && element.title !== title) element.title = title;
}
