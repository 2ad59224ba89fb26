// One colour for one run, from its id: the same on every page and after every change of what is shown.

const PALETTE = [
  "#3878d6", "#d8572a", "#2b9a68", "#a052c4", "#c2921a", "#1798a6", "#d8518a", "#7c9728", "#9c6a44", "#6b7f95", "#c23a3a", "#5b57c8",
];

/** What tells lines of one colour apart, in pixels of line and of gap. */
const DASHES = [[], [10, 4], [3, 3], [12, 3, 3, 3]];
const PLACES = PALETTE.length * DASHES.length;

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
    const place = free(slot(id), taken);
    taken.add(place);
    given.set(id, place);
  }
  return new Map(ids.map((id) => [id, PALETTE[given.get(id) % PALETTE.length]]));
}

/** The first free place: that of the id, then the other colours, then all of them with the next dashes. */
function free(start, taken) {
  for (let tries = 0; tries < PLACES; tries += 1) {
    const place = Math.floor(tries / PALETTE.length) * PALETTE.length + ((start + tries) % PALETTE.length);
    if (!taken.has(place)) return place;
  }
  return start;
}

/** How the line of an id that has a colour is dashed; empty for a whole line, as the first dozen are. */
export const dashes = (id) => DASHES[Math.floor((given.get(id) ?? 0) / PALETTE.length)];

/** A swatch's background that shows both. */
export function swatch(tint, [line = 0, gap = 0] = []) {
  return line ? `repeating-linear-gradient(90deg, ${tint} 0 ${Math.min(line, 4)}px, transparent ${Math.min(line, 4)}px ${Math.min(line, 4) + Math.min(gap, 2)}px)` : tint;
}
