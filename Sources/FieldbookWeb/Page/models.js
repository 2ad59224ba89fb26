// Registered models: versions, provisional and final, and aliases, held ones plainly marked.
import { get, part } from "./api.js";
import { h, fill, empty, scroller } from "./dom.js";
import * as format from "./format.js";
import { lineageView } from "./lineageview.js";
import { markdown } from "./markdown.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

export function show(main, place) {
  let name = place.path[1] ?? null;
  let version = place.query.version ?? null;
  let passage = 0;
  let drawn = "";
  let lines = null;

  async function read() {
    const mine = ++passage;
    try {
      const document = name ? await get(`models/${part(name)}`) : await get("models");
      const state = JSON.stringify([document, version]);
      if (mine !== passage || drawn === state) return;
      drawn = state;
      lines?.leave();
      lines = null;
      if (!name) return drawList(main, document.models);
      const place = h("section", { class: "card lineage-card" });
      drawOne(main, document, version, place);
      if (document.versions.length) lines = lineageView(place, document);
      else place.remove();
      main.querySelector("tr[aria-current]")?.scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (mine === passage && error.status !== 0) fill(main, failure(error), h("p", null, h("a", { href: "#/models" }, "To the models")));
    }
    return null;
  }

  read();
  return {
    update(next) {
      name = next.path[1] ?? null;
      version = next.query.version ?? null;
      read();
      return true;
    },
    changed: read,
    leave() {
      passage += 1;
      lines?.leave();
    },
  };
}

function alias(word, one) {
  if (!one.held) return h("span", { class: "chip chip-accent" }, `@${word} → ${one.version}`);
  return h("a", { class: "chip chip-bad", href: route.address(["conflicts", one.conflict]), title: "in conflict: it answers with what was settled before; decide it" },
    `@${word} held${one.version === null ? ", answers with none" : ` at ${one.version}`}`);
}

const aliases = (model) => Object.keys(model.aliases).sort().map((word) => alias(word, model.aliases[word]));

function drawList(main, models) {
  document.title = "Models · Fieldbook";
  fill(main, h("h1", null, "Models"), !models.length ? empty("No models yet. Register one from a run:", "fieldbook models register NAME --run RUN")
    : scroller("Models", h("table", { class: "plain roomy" },
      h("thead", null, h("tr", null, ["Model", "Newest version", "Aliases", "Description"].map((word) => h("th", { scope: "col" }, word)))),
      h("tbody", null, models.map((model) => {
        const [newest] = [...model.versions].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
        return h("tr", null, h("th", { scope: "row" }, h("a", { href: route.address(["models", model.name]) }, model.name)),
          h("td", null, newest ? [h("span", null, newest.version), !newest.final && h("span", { class: "warn" }, " provisional"), h("span", { class: "soft" }, " · ", format.time(newest.created_at), ` · ${format.count(model.versions.length, "version")}`)] : h("span", { class: "soft" }, "none")),
          h("td", null, h("span", { class: "chips" }, aliases(model))), h("td", { class: "soft" }, model.description?.split("\n")[0] ?? ""));
      })))));
}

/** `marked` is a version; `lineage` an element to stand below the versions. */
function drawOne(main, model, marked, lineage) {
  document.title = `${model.name} · Fieldbook`;
  const held = Object.entries(model.aliases).filter(([, one]) => one.held);
  const of = (version) => Object.entries(model.aliases).filter(([, one]) => one.version === version).map(([word, one]) => alias(word, one));
  const versions = [...model.versions].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  fill(main, h("div", null, h("p", { class: "crumbs" }, h("a", { href: "#/models" }, "Models")), h("h1", null, model.name)),
    held.map(([word, one]) => h("div", { class: "held", role: "note" }, h("p", null, h("strong", null, `@${word} is held`), one.version === null ? ": until it is decided it answers with none. " : `: until it is decided it answers with version ${one.version}. `,
      h("a", { href: route.address(["conflicts", one.conflict]) }, "Decide")))),
    model.description && h("section", { class: "card" }, h("header", null, h("h2", null, "Description")), markdown(model.description)),
    Object.keys(model.aliases).length > 0 && h("p", { class: "chips" }, aliases(model)),
    Object.keys(model.tags).length > 0 && h("p", { class: "chips" }, Object.keys(model.tags).sort().map((key) => h("span", { class: "chip" }, `${key}=${model.tags[key]}`))),
    versions.length ? scroller("Versions", h("table", { class: "plain roomy" },
      h("thead", null, h("tr", null, ["Version", "Aliases", "From run", "Status", "Made", "By"].map((word) => h("th", { scope: "col" }, word)))),
      h("tbody", null, versions.map((one) => h("tr", { "aria-current": one.version === marked ? "true" : null },
        h("th", { scope: "row" }, one.version, " ", one.final ? h("span", { class: "chip" }, "final") : h("span", { class: "chip chip-warn", title: "it gets its final number from the device that gives them; both names stay" }, "provisional")),
        h("td", null, h("span", { class: "chips" }, of(one.version))),
        h("td", null, one.run_id ? h("a", { href: route.address(["runs", one.run_id]), title: one.source ?? "" }, h("code", null, format.short(one.run_id))) : h("span", { class: "soft" }, "–")),
        h("td", null, String(one.status ?? "–").toLowerCase()), h("td", null, format.time(one.created_at)), h("td", null, one.author)))))) : empty("No versions yet:", `fieldbook models register ${model.name} --run RUN`),
    lineage,
    model.leases?.length > 0 && h("section", { class: "card" }, h("header", null, h("h2", null, "Numbers at hand")), h("ul", { class: "plain-list" }, model.leases.map((one) => h("li", null, `${one.device}: ${one.first} to ${one.last}, ${one.left} left`, one.lapsed && h("span", { class: "warn" }, " lapsed"))))));
}
