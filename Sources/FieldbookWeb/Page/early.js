// Asks at once for the modules of the view that the address names, while those that every view needs come. A classic script for that reason.
(() => {
  const place = document.querySelector("meta[name=modules]");
  // By the module that is imported when it is wanted, all that it needs. Without the list the browser finds them one by the other.
  let needed;
  try {
    needed = JSON.parse(place.content);
  } catch {
    return;
  }
  const [path, words] = location.hash.replace(/^#\/?/, "").split("?");
  const [room, second] = path.split("/");
  const tab = new URLSearchParams(words).get("tab");
  const wanted = room === "runs" && second ? ["run", tab === "system" ? "charts" : tab] : [room || "runs"];
  const folder = document.currentScript.src.replace(/[^/]*$/, "");
  for (const name of new Set(wanted.flatMap((one) => (Object.hasOwn(needed, `${one}.js`) ? needed[`${one}.js`] : [])))) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: folder + name }));
  }
})();
