// Runs in the order of a search, loaded page by page as they are looked at.
import { post } from "./api.js";

const PAGE = 200;
const FAR = 1000;

export class Pages {
  /** `told()` after each page and each failure. */
  constructor(told) {
    this.told = told;
    this.reset(null);
  }

  reset(search) {
    this.stop?.abort();
    this.stop = new AbortController();
    this.search = search;
    this.rows = [];
    this.token = null;
    this.total = 0;
    this.isDone = false;
    this.loading = null;
    this.error = null;
  }

  /** Loads until the row `last` is there. The one before keeps its rows until the first page of this search has come. */
  need(last) {
    this.wanted = Math.max(this.wanted ?? 0, last);
    if (this.loading || this.isDone || !this.search || this.error || this.rows.length >= last) return;
    const mine = this.stop;
    this.loading = this.load(mine.signal).catch((error) => {
      if (error.name !== "AbortError" && mine === this.stop) this.error = error;
    }).finally(() => {
      if (mine !== this.stop) return;
      this.loading = null;
      const more = Math.min(this.wanted, this.total);
      this.wanted = 0;
      this.told();
      if (!this.error && this.rows.length < more) this.need(more);
    });
  }

  async load(signal) {
    const isFar = this.rows.length > 0 && (this.wanted ?? 0) - this.rows.length > FAR;
    const page = await post("runs/search", { ...this.search, limit: isFar ? FAR : PAGE, page_token: this.token }, signal);
    if (page.total !== undefined) this.total = page.total;
    this.rows.push(...page.runs);
    this.token = page.next_page_token;
    this.isDone = !page.next_page_token;
    if (this.isDone) this.total = this.rows.length;
    this.total = Math.max(this.total, this.rows.length);
  }

  /** The same search anew: what is loaded stays until it is replaced, so nothing jumps. */
  async refresh() {
    if (!this.search || this.loading) return;
    const mine = this.stop;
    const want = this.rows.length;
    const rows = [];
    let token = null;
    let total = 0;
    try {
      do {
        const page = await post("runs/search", { ...this.search, limit: want - rows.length > PAGE ? FAR : PAGE, page_token: token }, mine.signal);
        total = page.total ?? total;
        rows.push(...page.runs);
        token = page.next_page_token;
      } while (token && rows.length < Math.min(want, 2 * FAR));
    } catch (error) {
      if (error.name === "AbortError" || mine !== this.stop) return;
      this.error = error.status ? error : this.error;
      this.told();
      return;
    }
    if (mine !== this.stop) return;
    Object.assign(this, { rows, token, isDone: !token, total: token ? Math.max(total, rows.length) : rows.length, error: null });
    this.told();
  }
}
