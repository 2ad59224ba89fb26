// Reads a unified diff as git writes it. Nothing of it is trusted: what does not read is a note.

/**
 * `[{path, before, notes, hunks: [{heading, lines: [{kind, text, old, now}]}], added, removed}]`; `kind` is "same", "removed", "added" or
 * "note", `old` and `now` are line numbers or null.
 */
export function readPatch(text) {
  const files = [];
  let file = null;
  let hunk = null;
  let left = { old: 0, now: 0 };
  let place = { old: 0, now: 0 };
  const begin = (path) => {
    file = { path, before: null, notes: [], hunks: [], added: 0, removed: 0 };
    files.push(file);
    hunk = null;
  };
  for (const line of text.split("\n")) {
    // Within a hunk its head says how many lines are its own, whatever stands in them.
    if (hunk && (left.old > 0 || left.now > 0) && /^[ +-]|^$/.test(line)) {
      take(line);
      continue;
    }
    if (hunk && line.startsWith("\\")) hunk.lines.push({ kind: "note", text: line.slice(2), old: null, now: null });
    else if (line.startsWith("diff --git ")) begin(namesOf(line));
    else if (line.startsWith("--- ")) {
      if (!file || file.hunks.length) begin("");
      file.before = nameOf(line.slice(4));
    } else if (line.startsWith("+++ ") && file) {
      const now = nameOf(line.slice(4));
      file.path = now ?? file.before ?? file.path;
      if (now === null) file.notes.push("removed");
      else if (file.before === null) file.notes.push("new");
    } else if (line.startsWith("@@ ") && file) head(line);
    else if (file && /^(rename|copy) (from|to) |^(old|new) mode |^Binary files |^GIT binary patch/.test(line)) file.notes.push(line.startsWith("Binary") ? "binary" : line);
  }
  return files;

  function head(line) {
    const match = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?(.*)$/.exec(line);
    if (!match) return;
    place = { old: Number(match[1]), now: Number(match[3]) };
    left = { old: Number(match[2] ?? 1), now: Number(match[4] ?? 1) };
    hunk = { heading: match[5], lines: [] };
    file.hunks.push(hunk);
  }

  function take(line) {
    const kind = line[0] === "-" ? "removed" : line[0] === "+" ? "added" : "same";
    const isOld = kind !== "added";
    const isNow = kind !== "removed";
    hunk.lines.push({ kind, text: line.slice(1), old: isOld ? place.old++ : null, now: isNow ? place.now++ : null });
    if (isOld) left.old -= 1;
    if (isNow) left.now -= 1;
    if (kind !== "same") file[kind] += 1;
  }
}

/** The path of a side: without its `a/` or `b/`; null for none. */
function nameOf(text) {
  const name = unquoted(text.replace(/\t.*$/, ""));
  return name === "/dev/null" ? null : name.replace(/^[ab]\//, "");
}

/** Of `diff --git a/X b/X` the X; only a guess where the two differ, which other lines then say. */
function namesOf(line) {
  const words = line.slice("diff --git ".length);
  const quoted = /"((?:[^"\\]|\\.)*)"$/.exec(words);
  if (quoted) return unquoted(quoted[0]).replace(/^b\//, "");
  const half = (words.length - 1) / 2;
  const last = words.slice(Math.floor(half) + 1);
  return last.startsWith("b/") ? last.slice(2) : words.slice(words.lastIndexOf(" b/") + 3);
}

/** Git puts names with odd letters in quotes, their bytes in octal. */
function unquoted(text) {
  if (!/^".*"$/.test(text)) return text;
  const bytes = [];
  const coded = new TextEncoder().encode(text.slice(1, -1));
  const plain = { n: 10, t: 9, r: 13, '"': 34, "\\": 92 };
  for (let i = 0; i < coded.length; i += 1) {
    if (coded[i] !== 92) { bytes.push(coded[i]); continue; }
    const three = String.fromCharCode(...coded.slice(i + 1, i + 4));
    if (/^[0-3][0-7]{2}$/.test(three)) { bytes.push(parseInt(three, 8)); i += 3; } else { bytes.push(plain[String.fromCharCode(coded[i + 1])] ?? coded[i + 1] ?? 92); i += 1; }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
