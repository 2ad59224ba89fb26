// Signing in on a hub: by a link that `fieldbook page` prints, or by pasting it.
import { post } from "./api.js";
import { h, fill, copyButton } from "./dom.js";
import { failure } from "./notice.js";
import * as route from "./route.js";

const MARK = "#/sign-in/";

/** The token of a link, or the text itself. */
export function tokenOf(text) {
  const words = text.trim();
  const at = words.indexOf(MARK);
  if (at < 0) return words;
  const coded = words.slice(at + MARK.length).split(/[?&#\s]/)[0];
  try {
    return decodeURIComponent(coded);
  } catch {
    return coded;
  }
}

/** Wants `context.signedIn()`, which goes on to where one wanted to be. */
export function show(main, place, context) {
  let isLeft = false;
  const said = h("div");
  const input = h("input", { id: "token", autocomplete: "off", spellcheck: "false", placeholder: "https://hub:4600/#/sign-in/…", "aria-label": "The link, or its last part" });
  const button = h("button", { type: "submit", class: "main" }, "Sign in");

  async function signIn(token) {
    button.disabled = true;
    fill(said, h("p", { class: "soft", role: "status" }, "Signing in …"));
    try {
      await post("sign-in", { token });
      if (!isLeft) await context.signedIn();
    } catch (error) {
      if (!isLeft) fill(said, failure(error));
    }
    button.disabled = false;
  }

  const command = (words, text) => h("p", null, h("span", { class: "soft" }, words), h("br"), h("code", { class: "command" }, text), copyButton(text));
  document.title = "Sign in · Fieldbook";
  fill(main, h("section", { class: "sign-in" }, h("h1", null, "Sign in"),
    h("p", null, "This page is for the team. A link that is good for one time lets this browser in."), said,
    command("On a laptop that is enrolled, REMOTE being its name for this hub (fieldbook remote list):", "fieldbook page REMOTE"),
    command("On the hub’s own machine, in the folder that it lies in:", "fieldbook page --dir hub"),
    h("form", {
      onsubmit(event) {
        event.preventDefault();
        const token = tokenOf(input.value);
        if (token) signIn(token);
        else input.focus();
      },
    }, h("label", { for: "token" }, "Open the link that it prints, or paste it here:"), h("div", { class: "view-save" }, input, button))));

  const [first, token] = place.path;
  if (first === "sign-in" && token) {
    // It is good for one time, and has no business in the history.
    route.go(["sign-in"], {}, { replace: true, quiet: true });
    signIn(token);
  } else input.focus();
  return {
    update(next) {
      if (next.path[0] !== "sign-in" || !next.path[1]) return true;
      route.go(["sign-in"], {}, { replace: true, quiet: true });
      signIn(next.path[1]);
      return true;
    },
    leave() { isLeft = true; },
  };
}
