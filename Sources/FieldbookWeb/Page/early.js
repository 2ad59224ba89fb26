// Asks at once for the first documents, and for the modules of the view that the address names, while the modules that every view needs come. A
// classic script for that reason.
(() => {
  const [path, words] = location.hash.replace(/^#\/?/, "").split("?");
  const [room, second] = path.split("/");
  const ask = (document) => fetch(`/page/api/${document}`, { credentials: "same-origin" });
  // By path, what api.js takes: a run is asked for after the status has come, since all that is shown must be as new as that.
  const early = window.fieldbookEarly = new Map([["status", ask("status")]]);
  if (room === "runs" && second) early.set(`runs/${second}`, early.get("status").then(() => ask(`runs/${second}`)));
  for (const one of early.values()) one.catch(() => {}); // told by who takes it

  const place = document.querySelector("meta[name=modules]");
  // By the module that is imported when it is wanted, all that it needs. Without the list the browser finds them one by the other.
  let needed;
  try {
    needed = JSON.parse(place.content);
  } catch {
    return;
  }
  const tab = new URLSearchParams(words).get("tab");
  const wanted = room === "runs" && second ? ["run", tab === "system" ? "charts" : tab || "overview"] : [room || "runs"];
  const folder = document.currentScript.src.replace(/[^/]*$/, "");
  for (const name of new Set(wanted.flatMap((one) => (Object.hasOwn(needed, `${one}.js`) ? needed[`${one}.js`] : [])))) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: folder + name }));
  }
})();
