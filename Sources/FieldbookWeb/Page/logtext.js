// The end of what a program prints, as a terminal shows it: what is written over is gone, and what is long past too.

const KEPT = 4 << 20; // characters, about
const LINE = 64 << 10; // characters of a line that may still be written over

/** Where what is seen of a line begins and ends: it is what was written over it last, as progress bars go back to its begin. */
function seen(line) {
  let end = line.length;
  while (line[end - 1] === "\r") end -= 1;
  return [line.lastIndexOf("\r", end - 1) + 1, end];
}

const over = (text) => (text.includes("\r") ? text.split("\n").map((line) => line.slice(...seen(line))).join("\n") : text);

export class LogText {
  /** @param place element whose text it is. */
  constructor(place) {
    this.place = place;
    this.clear();
  }

  clear() {
    // A character of several bytes may end in the next piece; what is no UTF-8 is replaced.
    this.decoder = new TextDecoder("utf-8");
    this.line = document.createTextNode("");
    this.raw = "";
    this.length = 0;
    this.isCut = false;
    this.place.replaceChildren(this.line);
  }

  /** Bytes that come next; `isLast` if none do. */
  add(bytes, isLast = false) {
    const text = this.raw + this.decoder.decode(bytes, { stream: !isLast });
    const end = text.length - text.lastIndexOf("\n") - 1 > LINE ? text.length : text.lastIndexOf("\n") + 1;
    if (end > 0) {
      const done = over(text.slice(0, end));
      this.line.before(document.createTextNode(done));
      this.length += done.length;
    }
    this.raw = text.slice(end);
    const [start, stop] = seen(this.raw);
    const shown = this.raw.slice(start, stop);
    if (this.line.data !== shown) this.line.data = shown;
    // A bar that never ends its line does not grow for it.
    this.raw = this.raw.slice(start);
    while (this.length > KEPT && this.place.firstChild.nextSibling !== this.line) {
      this.length -= this.place.firstChild.length;
      this.place.firstChild.remove();
      this.isCut = true;
    }
  }
}
