import Crypto
import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Hash over what the log adds up to: equal heads and equal level, equal hash.
  ///
  /// Records are written in the order of entity keys and field names, values in the order of their ops.
  /// Row ids, payloads, waiting segments and remotes are left out: they belong to one machine.
  package func stateHash() throws -> String {
    var hasher = SHA256()
    try eachStateRecord { _, bytes in hasher.update(data: bytes) }
    return Hex.encode(hasher.finalize())
  }

  /// The records that the state hash covers, one line each: what to compare when two replicas differ.
  package func stateRecords() throws -> [String] {
    var lines: [String] = []
    try eachStateRecord { label, bytes in
      lines.append(label + " " + String(Hex.encode(OperationHash.sha256(bytes)).prefix(12)))
    }
    return lines
  }

  private func eachStateRecord(_ body: (_ label: String, _ bytes: [UInt8]) -> Void) throws {
    var names: [Int64: [UInt8]] = [:]
    func name(_ dot: Dot) throws -> [UInt8] {
      let chain = try chain(dot.chain)
      // A log that was forked has two ops of one number: then the op's hash names it.
      let forked = try names[dot.chain] == nil && isForked(chain.log)
      if forked { return try hash(of: dot) }
      if names[dot.chain] == nil {
        var out = ByteWriter()
        out.bytes(chain.log.device.bytes)
        out.fixed64(chain.log.epoch)
        names[dot.chain] = out.bytes
      }
      var out = ByteWriter()
      out.bytes(names[dot.chain] ?? [])
      out.varint(dot.number)
      return out.bytes
    }
    func record(_ key: [UInt8], _ field: String, _ values: [(Dot, FieldValue)]) throws {
      var out = ByteWriter()
      out.lengthPrefixed(key)
      out.text(field)
      out.varint(UInt64(values.count))
      for (dot, value) in try values.map({ (try name($0.0), $0.1) })
        .sorted(by: { $0.0.lexicographicallyPrecedes($1.0) })
      {
        out.lengthPrefixed(dot)
        value.write(to: &out)
      }
      let label =
        Hex.encode(key) + " " + field + " "
        + values.map { $0.1.display ?? "null" }.sorted().joined(separator: "|")
      body(label, out.bytes)
    }
    try sql.each("SELECT key FROM entity ORDER BY key", []) { row in
      guard let bytes = row[0].blob, let key = EntityKey(bytes: bytes) else { return }
      let entity = try entityRow(key)
      guard try entity.kind != nil || isSpokenOf(entity) else { return }
      try record(bytes, "", [])
      let registers = try sql.all(
        "SELECT f.name FROM register r JOIN field f ON f.id = r.field WHERE r.entity = ?",
        .integer(entity.id)
      ).compactMap { $0[0].text.map { FieldName($0) } }
      // A field is in a register or held by its run's row: the hash must not tell which.
      for name in try (registers + heldFields(entity.id)).sorted() {
        try record(bytes, name.text, live(entity, fieldID(name)).map { ($0.dot, $0.value) })
      }
      for table in ["member", "settled", "chunk", "delete_edit"] {
        try record(bytes, table, hashedRows(table, entity))
      }
    }
    var unknownHashes: [([UInt8], [UInt8])] = []
    for row in try sql.all("SELECT dot, hash FROM unknown_op") {
      guard let dot = row[0].integer, let hash = row[1].blob else { continue }
      unknownHashes.append((try name(Dot(raw: dot)), hash))
    }
    for (dot, hash) in unknownHashes.sorted(by: { $0.0.lexicographicallyPrecedes($1.0) }) {
      body("unknown op", dot + hash)
    }
    let void = try sql.all("SELECT dot FROM void_op").compactMap { $0[0].integer }
      .map { try name(Dot(raw: $0)) }
    for dot in void.sorted(by: { $0.lexicographicallyPrecedes($1) }) { body("void op", dot) }
  }

  /// False for what has a row only because some value shown here names it: which one is shown is of no account.
  private func isSpokenOf(_ entity: EntityRow) throws -> Bool {
    try sql.first(
      """
      SELECT 1 WHERE EXISTS (SELECT 1 FROM register WHERE entity = ?1)
        OR EXISTS (SELECT 1 FROM member WHERE entity = ?1)
        OR EXISTS (SELECT 1 FROM settled WHERE entity = ?1)
        OR EXISTS (SELECT 1 FROM chunk WHERE run = ?1)
        OR EXISTS (SELECT 1 FROM delete_edit WHERE entity = ?1)
      """, .integer(entity.id)) != nil
  }

  private func hashedRows(_ table: String, _ entity: EntityRow) throws -> [(Dot, FieldValue)] {
    let id = SQL.Value.integer(entity.id)
    let rows =
      switch table {
      case "member": try sql.all("SELECT dot, value FROM member WHERE entity = ?", id)
      case "settled": try sql.all("SELECT settle, NULL FROM settled WHERE entity = ?", id)
      case "chunk": try sql.all("SELECT dot, digest FROM chunk WHERE run = ?", id)
      default: try sql.all("SELECT edit, NULL FROM delete_edit WHERE entity = ?", id)
      }
    return rows.compactMap { row in row[0].integer.map { (Dot(raw: $0), row[1].field) } }
  }

  /// An op with replica-independent references, for hashing one that is not understood.
  func canonicalBytes(_ op: Operation<Dot>) throws -> [UInt8] {
    let commitments = op.cells.map { cell in
      if let withheld = cell.withheld { return withheld }
      var out = ByteWriter()
      out.text(cell.field.text)
      cell.value?.write(to: &out)
      return out.bytes
    }
    return try OperationHash.leaf(op, commitments: commitments) { dot in
      (try chain(dot.chain).log, dot.number)
    }
  }
}
