import FieldbookModel
import FieldbookReplication
import Foundation

extension WriteTransaction {
  /// The key of the thing that a name means now, and whether it exists.
  ///
  /// Two laptops that create `churn` offline arrive at one key. A name that was renamed away, or whose model was
  /// deleted, means a new thing: the ops that freed it go into the hash.
  package func keyForName(_ name: String, kind: EntityKind) throws -> (key: EntityKey, exists: Bool)
  {
    let normal = name.precomposedStringWithCanonicalMapping
    var freedBy: [[UInt8]] = []
    while true {
      let key = namedKey(normal, kind: kind, freedBy: freedBy)
      guard let entity = try existingEntity(key), entity.kind != nil else { return (key, false) }
      let names = try live(entity, fieldID(.name))
      let holdsName = names.contains { $0.value.text == name }
      let lifecycle = try live(entity, fieldID(.lifecycle))
      let isGone =
        kind == .model && !lifecycle.isEmpty && lifecycle.allSatisfy { $0.value.text == "deleted" }
      if holdsName && !isGone { return (key, true) }
      let freeing = (holdsName ? lifecycle : names).map(\.dot)
      // A thing that never had a name takes this one.
      guard !freeing.isEmpty else { return (key, false) }
      freedBy += try freeing.map { try hash(of: $0) }.sorted { $0.lexicographicallyPrecedes($1) }
    }
  }

  /// The key of the first thing that has the name, whatever it is called since.
  package func firstKeyForName(_ name: String, kind: EntityKind) -> EntityKey {
    namedKey(name.precomposedStringWithCanonicalMapping, kind: kind, freedBy: [])
  }

  private func namedKey(_ normal: String, kind: EntityKind, freedBy: [[UInt8]]) -> EntityKey {
    if kind == .experiment && normal == Experiment.defaultName && freedBy.isEmpty {
      return Experiment.defaultID.key
    }
    var out = ByteWriter()
    out.text("fieldbook name")
    out.bytes(identity.workspace.key.bytes)
    out.bytes([kind.rawValue])
    out.text(normal)
    for hash in freedBy { out.bytes(hash) }
    return EntityKey(bytes: OperationHash.sha256(out.bytes).prefix(16))!
  }

  /// The thing that shows this name, deleted ones last.
  package func entity(named name: String, kind: EntityKind) throws -> EntityKey? {
    guard let table = RecordTable(kind), table.hasOwnNames else { return nil }
    let hidden = kind == .model ? "AND t.lifecycle = 'active'" : ""
    return try sql.first(
      composed: """
        SELECT e.key FROM \(table.rawValue) t JOIN entity e ON e.id = t.id
        WHERE (t.shown_name = ?1 OR t.name = ?1) \(hidden)
        ORDER BY t.lifecycle, t.shown_name <> ?1, e.created_clock, e.key LIMIT 1
        """, .text(name))?[0].blob.flatMap { EntityKey(bytes: $0) }
  }

  package func experiment(decimal: String) throws -> ExperimentID? {
    try sql.first("SELECT key FROM experiment WHERE decimal = ?", .text(decimal))?[0].text
      .flatMap { ExperimentID(hex: $0) }
  }
}
