// How one long text became another, line by line: lines that both have once hold the two together (patience diff), and what lies
// between two of them is compared by itself.

/**
 * `[{kind: "same" | "removed" | "added", text}]`. `compare(a, b)` gives that of two short lists of lines, or null for lists that are too long
 * for it.
 */
export function lineDifference(old, now, compare) {
  const out = [];
  // Stretches that are still to be compared, the next one last.
  const left = [[0, old.length, 0, now.length]];
  while (left.length) {
    let [a, aEnd, b, bEnd] = left.pop();
    const same = [];
    while (a < aEnd && b < bEnd && old[a] === now[b]) { same.push(old[a]); a += 1; b += 1; }
    let tail = 0;
    while (aEnd - tail > a && bEnd - tail > b && old[aEnd - 1 - tail] === now[bEnd - 1 - tail]) tail += 1;
    if (same.length) out.push({ kind: "same", text: same.join("") });
    aEnd -= tail;
    bEnd -= tail;
    if (tail) left.push([aEnd, aEnd + tail, bEnd, bEnd + tail]);
    if (a === aEnd && b === bEnd) continue;
    const short = compare(old.slice(a, aEnd), now.slice(b, bEnd));
    if (short) {
      for (const one of short) out.push(one);
      continue;
    }
    const held = anchors(old, a, aEnd, now, b, bEnd);
    if (!held.length) {
      out.push({ kind: "removed", text: old.slice(a, aEnd).join("") }, { kind: "added", text: now.slice(b, bEnd).join("") });
      continue;
    }
    for (const [i, j] of held.reverse()) {
      if (i + 1 < aEnd || j + 1 < bEnd) left.push([i + 1, aEnd, j + 1, bEnd]);
      left.push([i, i + 1, j, j + 1]);
      aEnd = i;
      bEnd = j;
    }
    left.push([a, aEnd, b, bEnd]);
  }
  return out;
}

/** Pairs of places of lines that both stretches have exactly once, as many as stand in the same order in both. */
function anchors(old, a, aEnd, now, b, bEnd) {
  const counts = new Map(); // line → [how often there, how often here, place there, place here]
  for (let i = a; i < aEnd; i += 1) {
    const one = counts.get(old[i]) ?? [0, 0, 0, 0];
    counts.set(old[i], [one[0] + 1, one[1], i, one[3]]);
  }
  for (let j = b; j < bEnd; j += 1) {
    const one = counts.get(now[j]);
    if (one) { one[1] += 1; one[3] = j; }
  }
  const pairs = [...counts.values()].filter((one) => one[0] === 1 && one[1] === 1).map((one) => [one[2], one[3]]);
  return rising(pairs);
}

/** The longest run of pairs whose second parts rise, too, by piles as in the card game. */
function rising(pairs) {
  const tops = [];
  const before = new Array(pairs.length);
  pairs.forEach(([, j], place) => {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[tops[middle]][1] < j) low = middle + 1;
      else high = middle;
    }
    before[place] = low > 0 ? tops[low - 1] : -1;
    tops[low] = place;
  });
  const out = [];
  for (let place = tops.at(-1) ?? -1; place >= 0; place = before[place]) out.push(pairs[place]);
  return out.reverse();
}
