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
    this.rows ??= [];
    this.total ??= 0;
    this.isOld = true; // the rows are those of the search before
    this.token = null;
    this.wanted = 0;
    this.isDone = false;
    this.loading = null;
    this.error = null;
  }

  /** Loads until the row `last` is there. The one before keeps its rows until the first page of this search has come. */
  need(last) {
    this.wanted = Math.max(this.wanted ?? 0, last);
    if (this.loading || this.isDone || !this.search || this.error || (!this.isOld && this.rows.length >= last)) return;
    const mine = this.stop;
    this.loading = this.load(mine.signal).catch((error) => {
      if (error.name !== "AbortError" && mine === this.stop) this.error = error;
    }).finally(() => {
      if (mine !== this.stop) return;
      this.loading = null;
      const more = this.error ? 0 : Math.min(this.wanted, this.total);
      this.wanted = 0;
      this.told();
      if (!this.error && this.rows.length < more) this.need(more);
    });
  }

  async load(signal) {
    const isFar = !this.isOld && this.rows.length > 0 && (this.wanted ?? 0) - this.rows.length > FAR;
    const page = await post("runs/search", { ...this.search, limit: isFar ? FAR : PAGE, page_token: this.token }, signal);
    // It may have come in the moment in which another search took its place.
    signal.throwIfAborted();
    if (this.isOld) this.rows = [];
    this.isOld = false;
    if (page.total !== undefined) this.total = page.total;
    this.rows.push(...page.runs);
    this.token = page.next_page_token;
    this.isDone = !page.next_page_token;
    if (this.isDone) this.total = this.rows.length;
    this.total = Math.max(this.total, this.rows.length);
  }

  /** The same search anew, as far as it is looked at; what lies further down stays until somebody looks. */
  async refresh(last) {
    if (!this.search || this.loading || this.isOld) return;
    const mine = this.stop;
    let page;
    try {
      page = await post("runs/search", { ...this.search, limit: Math.max(50, Math.min(last, FAR)), page_token: null }, mine.signal);
    } catch (error) {
      if (error.name === "AbortError" || mine !== this.stop) return;
      this.error = error.status ? error : this.error;
      this.told();
      return;
    }
    if (mine !== this.stop) return;
    const before = new Set(this.rows.map((run) => run.run_id));
    const now = new Set(page.runs.map((run) => run.run_id));
    const pushed = page.runs.filter((run) => !before.has(run.run_id)).length;
    const below = page.next_page_token ? this.rows.slice(page.runs.length - pushed).filter((run) => !now.has(run.run_id)) : [];
    if (!page.next_page_token || !below.length) Object.assign(this, { token: page.next_page_token, isDone: !page.next_page_token });
    this.rows = [...page.runs, ...below];
    this.total = this.isDone ? this.rows.length : Math.max(page.total ?? this.total, this.rows.length);
    this.error = null;
    this.told();
  }
}
