import FieldbookModel
import FieldbookReplication

/// Everything that the log says of one alias: what checkers compare its answer with.
package struct AliasLog: Sendable {
  fileprivate var values: [Dot: String] = [:]
  fileprivate var parents: [Dot: [Dot]] = [:]
  fileprivate var settled: Set<Dot> = []

  /// What the alias may answer while it is in conflict; nil when it is in none.
  package var answers: Set<String?>? {
    let gone = Set(parents.values.joined())
    let standing = values.keys.filter { !gone.contains($0) }
    guard Set(standing.map { values[$0] }).count > 1 else { return nil }
    let replaced = settled.reduce(into: Set<Dot>()) { $0.formUnion(ancestors(of: $1)) }
    let last = settled.subtracting(replaced)
    if !last.isEmpty { return Set(last.map { values[$0] }) }
    let common = standing.map { ancestors(of: $0).union([$0]) }
    let shared = common.dropFirst().reduce(common[0]) { $0.intersection($1) }
    return Set(shared.map { values[$0] }).union([nil])
  }

  private func ancestors(of dot: Dot) -> Set<Dot> {
    var found: Set<Dot> = []
    var open = parents[dot] ?? []
    while let next = open.popLast() {
      if found.insert(next).inserted { open += parents[next] ?? [] }
    }
    return found
  }
}

extension WriteTransaction {
  package func aliasLog(of model: ModelID, _ alias: FieldName) throws -> AliasLog {
    var log = AliasLog()
    let sealed = try sql.all("SELECT id FROM segment ORDER BY id").flatMap { row in
      try row[0].integer.map { try opened($0).numbered } ?? []
    }
    for (dot, op) in try sealed + journalOps() where op.entity == model.key {
      for cell in op.cells where cell.field == alias {
        if op.kind == .settle {
          log.settled.formUnion(cell.overwrites)
        } else if op.kind == .set {
          log.values[dot] = cell.value?.display
          log.parents[dot] = cell.overwrites
        }
      }
    }
    return log
  }
}
