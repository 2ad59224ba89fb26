import FieldbookModel

/// A run in a list that is asked for again whenever something changes: what the page has already is not told twice.
enum RunRow {
  /// The run with its revision; that alone if the page has it as it is.
  ///
  /// A revision holds as long as the server runs.
  static func told(_ run: JSON, of id: RunID, had: [String: String]) -> JSON {
    var hasher = Hasher()
    run.utf8.withUnsafeBytes { hasher.combine(bytes: $0) }
    let revision = String(UInt(bitPattern: hasher.finalize()), radix: 36)
    if had[id.hex] == revision { return ["run_id": .string(id.hex), "same": .bool(true)] }
    return run.adding(["revision": .string(revision)])
  }
}
