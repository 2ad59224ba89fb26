// The log of exchanges with others: when, with whom, how much, what went wrong and what to do.
import { h, fill, scroller } from "./dom.js";
import * as format from "./format.js";

const FIRST = 20; // shown until somebody wants more

/** What to do about an error of an exchange with `remote`, its name here; null for one that somebody else began. */
export function advice(error, remote) {
  const words = error.toLowerCase();
  const sync = remote ? `fieldbook sync ${remote}` : "they try again: fieldbook sync";
  if (/revoked|role|token|forbidden|unauthor|enrol/.test(words)) return "Ask whoever runs it for an invite: fieldbook invite, then fieldbook enroll CODE";
  if (/certificate|tls/.test(words)) return remote ? `Look at what it shows: fieldbook remote show ${remote}` : "Look at it where they are: fieldbook remote show";
  if (/refused|unreachable|timed? ?out|resolve|no route|network/.test(words)) return remote ? `It does not answer. Once it is there: ${sync}` : sync;
  return remote ? `Try again and see: ${sync} --verbose` : sync;
}

const amount = (ops, points) => (ops || points ? [ops > 0 && format.count(ops, "change"), ops > 0 && points > 0 && ", ", points > 0 && format.count(points, "point")] : h("span", { class: "soft" }, "–"));

/** `exchanges`, the newest first. Keeps how many are shown when it is drawn again. */
export class ExchangeLog {
  constructor() {
    Object.assign(this, { most: FIRST, isFailedOnly: false, element: h("section", { "aria-label": "Exchanges" }) });
  }

  draw(exchanges) {
    const all = this.isFailedOnly ? exchanges.filter((one) => one.error) : exchanges;
    const failed = exchanges.filter((one) => one.error).length;
    const again = () => this.draw(exchanges);
    fill(this.element, h("div", { class: "tools" }, h("h2", { class: "section-title" }, "Exchanges"),
      failed > 0 && h("label", { class: "inline" }, h("input", { type: "checkbox", checked: this.isFailedOnly, onchange: (event) => { this.isFailedOnly = event.target.checked; again(); } }), `Only the ${failed} that failed`)),
    !exchanges.length ? h("p", { class: "soft" }, "None yet on this replica: ", h("code", null, "fieldbook sync"))
      : scroller("List of exchanges", h("table", { class: "plain roomy exchanges" },
        h("thead", null, h("tr", null, ["When", "With", "Outcome", "Sent", "Received", "Conflicts", "Took"].map((word) => h("th", { scope: "col" }, word)))),
        h("tbody", null, all.slice(0, this.most).map(row)))),
    all.length > this.most && h("p", null, h("button", { type: "button", onclick: () => { this.most += 200; again(); } }, `${all.length - this.most} older`)));
  }
}

function row(one) {
  const isOurs = one.direction === "out";
  return h("tr", { dataset: { failed: one.error ? "1" : "" } },
    h("td", null, format.time(one.time)),
    h("th", { scope: "row" }, one.remote ?? one.peer ?? h("span", { class: "soft" }, "somebody"), one.remote && one.peer && one.peer !== one.remote && h("span", { class: "soft" }, ` (${one.peer})`), h("span", { class: "soft" }, isOurs ? ", begun here" : ", begun there")),
    h("td", null, one.error ? [h("span", { class: "bad" }, one.error), h("span", { class: "hint" }, advice(one.error, isOurs ? one.remote : null))] : h("span", { class: "good" }, "in order")),
    h("td", null, amount(one.sent_ops, one.sent_points)), h("td", null, amount(one.received_ops, one.received_points)),
    h("td", null, one.conflicts > 0 ? h("a", { href: "#/conflicts" }, `${one.conflicts} new`) : h("span", { class: "soft" }, "–")),
    h("td", null, one.seconds === null ? "–" : format.duration(one.seconds * 1000)));
}

export const inviteTable = (invites) => invites.length > 0 && h("section", { "aria-label": "Invites" }, h("h2", { class: "section-title" }, "Open invites"), scroller("Invites", h("table", { class: "plain" },
  h("thead", null, h("tr", null, ["Role", "Good until"].map((word) => h("th", { scope: "col" }, word)))),
  h("tbody", null, invites.map((one) => h("tr", null, h("th", { scope: "row" }, one.role), h("td", null, format.time(one.expires_at, "local"))))))));
