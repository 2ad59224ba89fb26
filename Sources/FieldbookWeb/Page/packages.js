// Packages of two environments, from the lines `NAME==VERSION` and `NAME @ URL` of `environment/packages.txt`.

/** Name to version. */
export function packagesOf(text) {
  const found = new Map();
  for (const line of text.split("\n")) {
    const match = /^\s*([^\s=@#]+)\s*(?:==|@)\s*(.+?)\s*$/.exec(line);
    if (match) found.set(match[1], match[2]);
  }
  return found;
}

/** `[{key, values: [version or null, version or null]}]` of those that differ, by name. */
export function packageDifferences(one, other) {
  return [...new Set([...one.keys(), ...other.keys()])].sort((a, b) => a.localeCompare(b))
    .map((key) => ({ key, values: [one.get(key) ?? null, other.get(key) ?? null] })).filter(({ values: [a, b] }) => a !== b);
}
