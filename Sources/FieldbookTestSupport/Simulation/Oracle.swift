import FieldbookModel

/// Knows the whole history and what each writer had seen: what a register must hold, told without any of the
/// code under test.
package struct Oracle: Sendable {
  package struct Write: Sendable {
    let field: String
    let value: String?
    /// Every write that the writer's replica held.
    let seen: Set<Int>
  }

  package private(set) var writes: [Write] = []

  package init() {}

  package mutating func note(
    _ entity: EntityKey, _ field: FieldName, _ value: String?, seen: Set<Int>
  ) -> Int {
    writes.append(Write(field: Oracle.name(entity, field), value: value, seen: seen))
    return writes.count - 1
  }

  package static func name(_ entity: EntityKey, _ field: FieldName) -> String {
    entity.hex + " " + field.text
  }

  /// Values that no other write known to the replica had seen and replaced.
  package func standing(_ known: Set<Int>) -> [String: [String?]] {
    standingWrites(known).mapValues { indices in indices.map { writes[$0].value } }
  }

  func standingWrites(_ known: Set<Int>) -> [String: [Int]] {
    var byField: [String: [Int]] = [:]
    for index in known { byField[writes[index].field, default: []].append(index) }
    return byField.mapValues { indices in
      indices.filter { candidate in
        !indices.contains { other in writes[other].seen.contains(candidate) }
      }.sorted()
    }
  }
}
