// The stream of server-sent events. A browser opens six connections to a server for all its tabs, so one of them listens, and tells the
// others: whoever holds the lock. (Web Locks, BroadcastChannel)
const NAME = "fieldbook.events";

/** `heard()` when the server answers, `change(text)` for each event, `lost()` when it does not. Gives `{close()}`. */
export function openStream(told) {
  // Neither exists on a page that came over plain HTTP from another machine.
  return navigator.locks && globalThis.BroadcastChannel ? shared(told) : own(told);
}

function own({ heard, change, lost }) {
  const source = new EventSource("/page/events");
  source.addEventListener("open", heard);
  source.addEventListener("change", (event) => change(event.data));
  source.addEventListener("error", () => {
    source.close();
    lost();
  });
  return source;
}

function shared(told) {
  const channel = new BroadcastChannel(NAME);
  const asked = new AbortController();
  let source = null;
  let last = null; // what the stream said last: a stream begins with an event, and so does it for who joins
  let release = () => {};
  let isClosed = false;

  const all = (kind, text = null) => {
    if (isClosed) return;
    channel.postMessage({ kind, text });
    told[kind](text);
  };

  function lead() {
    source = own({
      heard: () => all("heard"),
      change(text) {
        last = text;
        all("change", text);
      },
      lost: () => all("lost"),
    });
  }

  channel.addEventListener("message", ({ data: { kind, text } }) => {
    if (isClosed) return;
    if (kind === "join") {
      if (source && last !== null) channel.postMessage({ kind: "change", text: last });
    } else if (kind === "lost") told.lost();
    else if (!source) {
      told.heard();
      if (kind === "change") told.change(text);
    }
  });
  channel.postMessage({ kind: "join", text: null });
  navigator.locks.request(NAME, { signal: asked.signal }, () => (isClosed ? null : new Promise((resolve) => {
    release = resolve;
    lead();
  }))).catch(() => { /* closed before its turn came */ });

  return {
    close() {
      isClosed = true;
      asked.abort();
      source?.close();
      release();
      channel.close();
    },
  };
}
