// The filter box: a combobox that completes as one types, and says what does not read.
import { h, fill, later } from "./dom.js";
import { complete } from "./completion.js";

const PAUSE = 700; // milliseconds without a key before what was typed is tried

/** `applied(text, isFinal)`; `columns()` gives the names there are, `values(family, name)` texts that runs have there. */
export function filterBox({ applied, columns, values, value }) {
  let offered = null;
  let chosen = -1;
  // Not by Tab: what scrolls takes the focus else, and is hidden then.
  const list = h("ul", { id: "filter-choices", class: "choices", role: "listbox", "aria-label": "Completions", hidden: true, tabindex: -1 });
  const complaint = h("div", { id: "filter-error", class: "filter-error", role: "alert", hidden: true });
  const input = h("input", {
    id: "filter", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", value,
    placeholder: "Filter:  metrics.acc > 0.9 and params.lr = '0.1'", "aria-label": "Filter runs", "aria-controls": "filter-choices",
    "aria-expanded": "false", "aria-autocomplete": "list", "aria-describedby": "filter-error",
  });
  const soon = later(PAUSE, () => applied(input.value.trim(), false));

  function close() {
    list.hidden = true;
    offered = null;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show() {
    offered = complete(input.value, input.selectionStart ?? input.value.length, columns(), values);
    chosen = -1;
    if (!offered) return close();
    fill(list, offered.choices.map((one, place) => h("li", {
      id: `choice-${place}`, role: "option", "aria-selected": "false",
      onmousedown(event) {
        event.preventDefault();
        take(place);
      },
    }, h("span", { class: "mono" }, one.text), h("span", { class: "soft" }, one.note))));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function point(place) {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = (place + offered.choices.length) % offered.choices.length;
    list.children[chosen].setAttribute("aria-selected", "true");
    list.children[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `choice-${chosen}`);
  }

  function take(place) {
    const caret = input.selectionStart;
    const text = offered.choices[place].text;
    input.value = input.value.slice(0, offered.from) + text + input.value.slice(caret);
    input.setSelectionRange(offered.from + text.length, offered.from + text.length);
    soon();
    show();
  }

  input.addEventListener("input", () => {
    show();
    soon();
  });
  input.addEventListener("focus", () => { if (!input.value) show(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && chosen < 0) {
      soon.stop();
      close();
      applied(input.value.trim(), true);
    } else if (offered && (event.key === "Enter" || (event.key === "Tab" && chosen >= 0))) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!offered) show();
      if (offered) point(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
    } else if (event.key === "Escape") {
      if (offered) close();
      else input.blur();
    }
  });

  return {
    element: h("div", { class: "filter" }, input, list, complaint),
    focus: () => input.focus(),
    set(text) { if (document.activeElement !== input) input.value = text; },
    leave: () => soon.stop(),
    say(error) {
      complaint.hidden = !error;
      input.toggleAttribute("aria-invalid", Boolean(error));
      fill(complaint, error && [h("span", { class: "bad" }, error.message), error.hint && h("span", { class: "hint" }, error.hint)]);
    },
  };
}
