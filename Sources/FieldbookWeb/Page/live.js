// Changes as they happen, by server-sent events; and what is said when the server is gone.
import { silence } from "./api.js";
import { h, fill } from "./dom.js";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

let source = null;
let wait = FIRST_WAIT;
let timer = 0;
let wasBroken = false;
let onChange = () => {};
let onReturn = () => {};

/** `change(data)` for each event, `back()` when the server answers again after a silence. */
export function begin({ change, back }) {
  onChange = change;
  onReturn = back;
  silence.broken = broken;
  open();
}

function open() {
  clearTimeout(timer);
  timer = 0;
  source?.close();
  source = new EventSource("/page/events");
  source.addEventListener("open", heard);
  source.addEventListener("error", broken);
  source.addEventListener("change", (event) => {
    try {
      onChange(JSON.parse(event.data));
    } catch { /* a frame that does not read changes nothing */ }
  });
}

function heard() {
  clearTimeout(timer);
  timer = 0;
  wait = FIRST_WAIT;
  document.getElementById("banner").hidden = true;
  if (wasBroken) onReturn();
  wasBroken = false;
}

/** Ends the stream and tries again later, each time after twice the wait. */
function broken() {
  if (timer) return; // it is known already
  source?.close();
  source = null;
  wasBroken = true;
  const pause = wait;
  wait = Math.min(wait * 2, LONGEST_WAIT);
  fill(document.getElementById("banner"),
    h("strong", null, "The server does not answer."),
    ` What is shown may be old. Trying again in ${Math.round(pause / 1000)} s. Start it: `,
    h("code", null, "fieldbook server"), " ",
    h("button", { type: "button", onclick: open }, "Try now"));
  document.getElementById("banner").hidden = false;
  timer = setTimeout(open, pause);
}
