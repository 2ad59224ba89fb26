// Runs in the order of a search, loaded where they are looked at: in blocks, the one that is seen first, wherever it lies.
import { post } from "./api.js";
import { complete, revisions } from "./revisions.js";

const BLOCK = 200; // rows
const MOST = 60; // blocks that are kept: 12,000 rows

export class Pages {
  /** `told()` after each block and each failure. */
  constructor(told) {
    Object.assign(this, { told, blocks: new Map(), total: 0, version: 0 });
    this.reset(null);
  }

  /** All rows that are here, in their order. */
  get rows() {
    return [...this.blocks.keys()].sort((a, b) => a - b).flatMap((place) => this.blocks.get(place).rows);
  }

  /** Null while it is on its way. */
  rowAt(index) { return this.blocks.get(Math.floor(index / BLOCK))?.rows[index % BLOCK] ?? null; }

  reset(search) {
    this.stop?.abort();
    this.stop = new AbortController();
    this.search = search;
    this.isOld = true; // the rows are those of the search before
    this.isCounted = false; // how many there are is known
    this.version += 1; // of what is searched: a block that was asked for earlier is not fresh
    this.seen = [0, 1];
    this.loading = null;
    this.error = null;
  }

  /** Loads what is not here of the rows from `first` to before `last`. The search before keeps its rows until the first block of this one has come. */
  need(first, last) {
    this.seen = [first, Math.max(first + 1, last)];
    if (this.loading || !this.search || this.error) return;
    const place = this.next();
    if (place === null) return;
    const mine = this.stop;
    this.loading = this.load(place, mine.signal).catch((error) => {
      if (error.name !== "AbortError" && mine === this.stop) this.error = error;
    }).finally(() => {
      if (mine !== this.stop) return;
      this.loading = null;
      this.told();
      if (!this.error) this.need(...this.seen);
    });
  }

  /** The first block of those that are seen that is not here, or not as it is now. */
  next() {
    if (this.isOld) return 0;
    const [first, last] = this.seen;
    const end = Math.max(1, Math.min(last, this.total)); // of none the first may come
    for (let place = Math.floor(first / BLOCK); place * BLOCK < end; place += 1) {
      if (this.blocks.get(place)?.isFresh !== true) return place;
    }
    return null;
  }

  async load(place, signal) {
    const { version } = this;
    const before = this.blocks.get(place)?.rows ?? [];
    const page = await post("runs/search", { ...this.search, limit: BLOCK, offset: place * BLOCK, count: !this.isCounted, have: revisions(before) }, signal);
    // It may have come in the moment in which another search took its place.
    signal.throwIfAborted();
    if (this.isOld) this.blocks.clear();
    this.isOld = false;
    this.blocks.set(place, { rows: complete(page.runs, before), isFresh: version === this.version });
    this.count(page, place, version);
    this.forget(place);
  }

  count(page, place, version) {
    const end = place * BLOCK + page.runs.length;
    if (page.total !== undefined) {
      this.total = page.total;
      this.isCounted = version === this.version;
    }
    // Where the list ends its last block says best; an empty one behind it only that it ends before.
    if (page.runs.length || !place) this.total = page.next_page_token ? Math.max(this.total, end) : end;
    else this.total = Math.min(this.total, end);
    for (const other of [...this.blocks.keys()]) if (other * BLOCK >= this.total) this.blocks.delete(other);
  }

  /** Those that lie furthest from what is seen. */
  forget(place) {
    const far = [...this.blocks.keys()].sort((a, b) => Math.abs(b - place) - Math.abs(a - place));
    for (const other of far.slice(0, Math.max(0, this.blocks.size - MOST))) this.blocks.delete(other);
  }

  /** The same search anew: what is seen now, everything else when somebody looks. */
  refresh() {
    if (!this.search) return;
    for (const block of this.blocks.values()) block.isFresh = false;
    this.version += 1;
    this.isCounted = false;
    this.error = null;
    this.need(...this.seen);
  }
}
