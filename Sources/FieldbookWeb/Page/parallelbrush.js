// What is kept along the axes of parallel coordinates, and how an address holds it: by value, as more runs move the places of all.
import { list, joined } from "./route.js";

const OPEN = ""; // to the end of the axis

/**
 * `"params.lr:0.01:"` of Map axis → [low, high]; each part percent-coded. An end within 0…1 is on the axis; numbers may lie beyond it, as
 * runs change. `scaleOf(id)` as in field.js.
 */
export function brushWords(brushes, scaleOf) {
  return joined([...brushes].map(([id, [low, high]]) => [id, low === 0 ? OPEN : scaleOf(id).valueAt(low), high === 1 ? OPEN : scaleOf(id).valueAt(high)].map(encodeURIComponent).join(":")));
}

/** The Map of such words; what names no axis of `axes`, or no place on it, is left out. */
export function brushesOf(text, axes, scaleOf) {
  const found = new Map();
  for (const one of list(text)) {
    const parts = one.split(":");
    if (parts.length !== 3) continue;
    const [id, low, high] = parts.map(plain);
    if (!axes.includes(id)) continue;
    const scale = scaleOf(id);
    const range = [low === OPEN ? 0 : scale.place(low), high === OPEN ? 1 : scale.place(high)];
    if (range.every((at) => at !== null && Number.isFinite(at) && (scale.isNumeric || at >= 0)) && range[0] <= range[1]) found.set(id, range);
  }
  return found;
}

function plain(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a value at the place `at`, null for none, is kept by [low, high]: what was rounded on its way stays within. */
export const isWithin = (at, [low, high]) => at !== null && at !== undefined && at >= low - 1e-9 && at <= high + 1e-9;
