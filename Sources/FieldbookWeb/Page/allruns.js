// All runs of a search, for what has to know each of them: groups. Read in large pieces, and only as far as a browser holds them.
import { post } from "./api.js";
import { complete, revisions } from "./revisions.js";

const PIECE = 1000;
export const MOST = 20_000;
const SMALL = 1000; // as many are read again when something changes; more when a person says so

export class AllRuns {
  /** `told()` after each piece and each failure. */
  constructor(told) {
    Object.assign(this, { told, runs: [], total: 0, isDone: false, isStale: false, error: null, stop: new AbortController() });
  }

  /** Begins anew; the runs before stay until the first piece is there, of the same search until all are. */
  async read(search) {
    this.leave();
    const isAgain = this.isDone && search === this.search;
    const { signal } = this.stop = new AbortController();
    Object.assign(this, { search, isDone: false, isStale: false, error: null });
    let token = null;
    const fresh = [];
    const before = isAgain && this.runs.length <= PIECE ? this.runs : [];
    try {
      do {
        const page = await post("runs/search", { ...search, limit: PIECE, page_token: token, have: revisions(before) }, signal);
        signal.throwIfAborted();
        if (page.total !== undefined) this.total = page.total;
        for (const run of complete(page.runs, before)) fresh.push(slim(run));
        token = page.next_page_token;
        this.isDone = !token || fresh.length >= MOST;
        if (!isAgain || this.isDone) this.runs = fresh;
        this.told();
      } while (!this.isDone);
    } catch (error) {
      if (error.name === "AbortError" || signal.aborted) return;
      Object.assign(this, { error, isDone: true });
      this.told();
    }
  }

  /** Something changed. */
  changed() {
    if (!this.isDone || !this.search) return;
    if (this.total <= SMALL) this.read(this.search);
    else if (!this.isStale) {
      this.isStale = true;
      this.told();
    }
  }

  leave() { this.stop.abort(); }
}

/** Without what no group shows, and what is most of a run. */
const slim = ({ environment, artifacts, datasets, comments, source, ...run }) => run;
