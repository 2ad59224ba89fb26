// What is said to the reader: short notices with a way back, errors with what to do.
import { h, fill } from "./dom.js";

const MOST = 5;

/**
 * A notice that goes by itself, and stays while the pointer or the focus is on it; an error stays until it is closed. `undo` is a deed
 * that takes back what it tells of, `link` `{href, words}`.
 */
export function notice(words, { undo = null, isError = false, hint = null, link = null, stay = undo ? 20_000 : 5_000 } = {}) {
  const box = h("div", { class: `toast${isError ? " toast-error" : ""}` }, h("span", null, words, hint && h("span", { class: "hint" }, hint)),
    link && h("a", { class: "button", href: link.href, onclick: () => end() }, link.words));
  let timer = 0;
  const isHeld = () => box.matches(":hover") || box.contains(document.activeElement);
  const end = () => {
    clearTimeout(timer);
    box.remove();
  };
  const wait = () => {
    clearTimeout(timer);
    if (!isError) timer = setTimeout(() => (isHeld() ? wait() : end()), stay);
  };
  for (const one of ["pointerleave", "focusout"]) box.addEventListener(one, wait);
  if (undo) {
    box.append(h("button", {
      type: "button",
      async onclick() {
        end();
        await attempt(undo);
      },
    }, "Undo"));
  }
  box.append(h("button", { type: "button", class: "quiet", "aria-label": "Close this notice", onclick: end }, "×"));
  const all = document.getElementById("toasts");
  while (all.children.length >= MOST) all.firstElementChild.remove();
  all.append(box);
  wait();
}

export const complain = (error) => notice(error.message, { isError: true, hint: error.hint });

/** Does it, and says so if it failed; null then. */
export async function attempt(deed) {
  try {
    return await deed();
  } catch (error) {
    if (error.name !== "AbortError") complain(error);
    return null;
  }
}

export function failure(error) {
  return h("div", { class: "failure", role: "alert" }, h("p", null, h("strong", null, error.message)),
    error.hint && h("p", { class: "hint" }, error.hint));
}

/** A small window over the page. Returns a deed that closes it. */
export function dialog(title, ...children) {
  const box = h("dialog", { "aria-labelledby": "dialog-title" });
  const close = () => box.close();
  fill(box, h("header", null, h("h2", { id: "dialog-title" }, title),
    h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: close }, "×")), children);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => { if (event.target === box) close(); });
  document.body.append(box);
  box.showModal();
  return close;
}
