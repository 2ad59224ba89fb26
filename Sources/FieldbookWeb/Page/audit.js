// Could somebody else make a run again: what there is, what is missing, and what mends it. As `fieldbook audit`.
import { h, copyButton, scroller } from "./dom.js";

const STATES = { ok: ["✓", "good", "there"], partly: ["◐", "warn", "partly"], missing: ["✗", "bad", "missing"], not_applicable: ["–", "soft", "does not apply"] };

export function auditView({ score, checks }) {
  return [
    h("p", { class: "audit-score" }, h("strong", null, score), h("span", { class: "soft" }, " of 100"),
      h("meter", { min: 0, max: 100, low: 50, high: 80, optimum: 100, value: score, "aria-label": `Reproducibility: ${score} of 100` })),
    scroller("Checks", h("table", { class: "plain audit" },
      h("thead", null, h("tr", null, ["", "Check", "Found", "What mends it"].map((word) => h("th", { scope: "col" }, word || h("span", { class: "unseen" }, "state"))))),
      h("tbody", null, checks.map((one) => {
        const [sign, tint, words] = STATES[one.state] ?? STATES.not_applicable;
        return h("tr", { dataset: { check: one.name, state: one.state } },
          h("td", { class: tint }, h("span", { "aria-hidden": "true" }, sign), h("span", { class: "unseen" }, words)),
          h("th", { scope: "row" }, one.words, h("span", { class: "soft" }, ` ${one.weight}`)), h("td", null, one.found),
          h("td", null, one.mend && h("div", { class: "command-line" }, h("code", null, one.mend), copyButton(one.mend))));
      })))),
  ];
}
