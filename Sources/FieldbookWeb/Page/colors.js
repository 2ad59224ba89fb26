// One colour for one run, from its id: the same on every page and after every change of what is shown.

const PALETTE = [
  "#3878d6", "#d8572a", "#2b9a68", "#a052c4", "#c2921a", "#1798a6", "#d8518a", "#7c9728", "#9c6a44", "#6b7f95", "#c23a3a", "#5b57c8",
];

const given = new Map();

function slot(text) {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0) % PALETTE.length;
}

/** Colours for these ids. Of two whose ids mean the same colour the later one gets the next, and keeps it while the page is open. */
export function colors(ids) {
  const taken = new Set(ids.filter((id) => given.has(id)).map((id) => given.get(id)));
  for (const id of [...ids].filter((one) => !given.has(one)).sort()) {
    let place = slot(id);
    for (let tries = 0; tries < PALETTE.length && taken.has(place); tries += 1) place = (place + 1) % PALETTE.length;
    taken.add(place);
    given.set(id, place);
  }
  return new Map(ids.map((id) => [id, PALETTE[given.get(id)]]));
}

export const color = (id) => colors([id]).get(id);
