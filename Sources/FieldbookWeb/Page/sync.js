// Whom this replica exchanges with, what is unsent, who writes here, and what went wrong with what to do.
import { get } from "./api.js";
import { h, fill, empty, scroller } from "./dom.js";
import { advice, ExchangeLog, inviteTable } from "./exchanges.js";
import * as format from "./format.js";
import { failure } from "./notice.js";

const OFF = 60; // seconds: a clock as far off is worth a word

export function show(main, place, context) {
  let isLeft = false;
  let drawn = "";
  const log = new ExchangeLog();
  async function read() {
    try {
      const document = await get("sync");
      // They say when, and not what.
      for (const one of ["moment", "contacts", "contents"]) delete document.status[one];
      if (isLeft || drawn === JSON.stringify(document)) return;
      drawn = JSON.stringify(document);
      draw(main, document, log, Boolean(context.status?.viewer));
    } catch (error) {
      if (!isLeft && error.status !== 0) fill(main, failure(error));
    }
  }
  read();
  return { changed: read, exchanged: read, arrived: read, update: () => true, leave() { isLeft = true; } };
}

function draw(main, { remotes, devices, status, objects, quarantine, exchanges = [], invites = [] }, log, isOfHub) {
  log.draw(exchanges);
  document.title = "Sync · Fieldbook";
  const unsent = status.unsent_ops ?? 0;
  const points = status.open_points ?? 0;
  const canSend = remotes.length > 0;
  fill(main, h("h1", null, "Sync"),
    h("div", { class: "tiles" },
      tile(unsent.toLocaleString("en"), `${unsent === 1 ? "change" : "changes"} unsent${points ? `, and ${format.count(points, "metric point")} that came since` : ""}`,
        canSend && (unsent || points) ? "fieldbook sync" : null, unsent || points ? "warn" : "good"),
      tile(String(remotes.length), remotes.length === 1 ? "remote" : "remotes", remotes.length || isOfHub ? null : "fieldbook remote add NAME URL"),
      tile(String(remotes.filter((one) => one.error).length), remotes.filter((one) => one.error).length === 1 ? "remote fails" : "remotes fail", null, remotes.some((one) => one.error) ? "bad" : "good"),
      tile(String(quarantine ?? 0), "in quarantine", quarantine ? "fieldbook devices quarantine list" : null, quarantine ? "warn" : null),
      objects && tile(objects.waiting_packs.toLocaleString("en"), `${objects.waiting_packs === 1 ? "pack waits" : "packs wait"} for the storage${objects.waiting_packs ? `, ${format.bytes(objects.waiting_bytes)}` : ""}; ${objects.packs.toLocaleString("en")} there`, null, objects.waiting_packs ? "warn" : "good")),
    h("section", null, h("h2", { class: "section-title" }, "Remotes"), remotes.filter((one) => one.error).map(trouble), remotes.length ? scroller("Remotes", h("table", { class: "plain roomy" },
      h("thead", null, h("tr", null, ["Remote", "Last contact", "We lack", "It lacks of ours", "State", "Address"].map((word) => h("th", { scope: "col" }, word)))),
      h("tbody", null, remotes.map((one) => h("tr", null, h("th", { scope: "row" }, one.name), h("td", null, one.last_sync ? format.time(one.last_sync) : h("span", { class: "soft" }, "never")),
        h("td", null, one.behind_ops === null ? h("span", { class: "soft" }, "not known") : format.count(one.behind_ops, "change")),
        h("td", null, one.unsent_ops === null ? h("span", { class: "soft" }, "not known") : format.count(one.unsent_ops, "change")),
        h("td", null, one.error ? h("span", { class: "bad" }, "fails") : h("span", { class: "good" }, "works")), h("td", null, h("code", null, one.url))))))) : isOfHub ? empty("A hub is called by others, and calls nobody itself.")
      : empty("No remotes. Share with a team, or another machine of yours:", "fieldbook remote add NAME URL")),
    h("section", null, h("h2", { class: "section-title" }, "Devices"), scroller("Devices", h("table", { class: "plain roomy" },
      h("thead", null, h("tr", null, ["Device", "Owner", "Role", "Last seen", "Clock", "Changes known", "Id"].map((word) => h("th", { scope: "col" }, word)))),
      h("tbody", null, devices.map((one) => h("tr", null,
        h("th", { scope: "row" }, one.name, " ", one.self && h("span", { class: "chip chip-accent" }, "this one"), one.hub && h("span", { class: "chip" }, "hub"), one.revoked && h("span", { class: "chip chip-bad" }, "revoked")),
        h("td", null, one.owner), h("td", null, one.role), h("td", null, format.time(one.last_seen)),
        h("td", null, one.clock_offset === null ? h("span", { class: "soft" }, "–") : Math.abs(one.clock_offset) < OFF ? "as here" : h("span", { class: "warn" }, `${format.duration(Math.abs(one.clock_offset) * 1000)} ${one.clock_offset > 0 ? "ahead" : "behind"}`)),
        h("td", null, one.logs.reduce((sum, log) => sum + log.seq, 0).toLocaleString("en")), h("td", null, h("code", { title: one.id }, format.short(one.id))))))))),
    inviteTable(invites), log.element,
    !isOfHub && h("p", { class: "soft" }, "Let another device in: ", h("code", null, "fieldbook invite")));
}

/** Above the table, which may be wider than the page. */
const trouble = (one) => h("p", { class: "remote-trouble" }, h("strong", null, one.name), ": ", h("span", { class: "bad" }, one.error),
  h("span", { class: "soft" }, " since ", format.time(one.failing_since)), h("span", { class: "hint" }, advice(one.error, one.name)));

const tile = (number, words, command, tint) => h("div", { class: "tile" }, h("strong", { class: tint ?? null }, number), h("span", null, words), command && h("code", null, command));
