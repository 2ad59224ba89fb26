// Changes as they happen, by server-sent events; and what is said when the server is gone.
import { get, silence } from "./api.js";
import { h, fill } from "./dom.js";
import { openStream } from "./stream.js";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const UNSEEN = 5_000; // milliseconds that a page which nobody sees goes on listening

let source = null;
let wait = FIRST_WAIT;
let timer = 0;
let wasBroken = false;
/** The stream is closed because nobody sees the page. */
let isResting = false;
let unseen = 0;
let onChange = () => {};
let onReturn = () => {};

/** `change(data)` for each event, `back()` when the server answers again after a silence. */
export function begin({ change, back }) {
  onChange = change;
  onReturn = back;
  silence.broken = broken;
  document.addEventListener("visibilitychange", seen);
  if (document.hidden) rest();
  else open();
}

/** No more of it, until `begin`. */
export function end() {
  document.removeEventListener("visibilitychange", seen);
  clearTimeout(unseen);
  close();
  isResting = false;
  wasBroken = false;
  silence.broken = () => {};
  document.getElementById("banner").hidden = true;
}

function seen() {
  clearTimeout(unseen);
  if (document.hidden) unseen = setTimeout(rest, UNSEEN);
  else if (isResting) open();
}

function rest() {
  close();
  isResting = true;
}

function close() {
  clearTimeout(timer);
  timer = 0;
  source?.close();
  source = null;
}

/** A stream begins with an event, so what happened while there was none is looked for, too. */
function open() {
  close();
  isResting = false;
  const mine = source = openStream({
    heard,
    lost: () => lost(mine),
    change(text) {
      try {
        onChange(JSON.parse(text));
      } catch { /* a frame that does not read changes nothing */ }
    },
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

/** A stream does not say why it ended: a server that answers may want one to sign in, which api.js then tells. */
async function lost(mine) {
  if (source !== mine) return;
  mine.close();
  try {
    await get("status");
  } catch { /* told already */ }
  if (source === mine) broken();
}

/** Ends the stream and tries again later, each time after twice the wait. */
function broken() {
  if (timer) return; // it is known already
  wasBroken = true;
  if (isResting) return; // tried again when somebody looks
  close();
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
