import FieldbookModel
import FieldbookReplication

/// Values that no longer stand.
extension WriteTransaction {
  /// What a new value of a field overwrites if its writer knew only of some: those of them that stand; if none does, the nearest that
  /// were there before, so that both sides have what they grew from in common.
  func known(
    of entity: EntityRow, _ field: FieldName, _ isKnown: (FieldValue) -> Bool
  ) throws -> [Dot] {
    let standing = try live(entity, fieldID(field))
    let known = standing.filter { isKnown($0.value) }.map(\.dot)
    guard known.isEmpty, !isKnown(.null) else { return known }
    var front = standing.map(\.dot)
    var seen = Set(front)
    // Who wrote long ago, or where very many wrote, has nothing in common: that costs a base, and no value.
    while !front.isEmpty, seen.count < 256 {
      front = try front.flatMap { try overwritten($0, field) }.filter { seen.insert($0).inserted }
      let found = try front.filter { dot in
        try operation(dot).cells.contains {
          $0.field == field && !$0.isWithheld && $0.value.map(isKnown) == true
        }
      }
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The base of a conflict: the latest value that all sides grew from.
  package func baseValue(_ conflict: Conflict) throws -> FieldValue? {
    let dots = try conflict.sides.compactMap { try findOperation($0.op)?.dot }
    guard dots.count == conflict.sides.count else { return nil }
    return try origin(of: dots, conflict.field, isConfig: conflict.entity.kind == .config)
  }

  /// The latest value that all of these ops of a field grew from; nil where they have none in common, or not one alone.
  ///
  /// - Parameter isConfig: behind the first step a config's base is told by its commits, with what was merged between.
  func origin(of dots: [Dot], _ field: FieldName, isConfig: Bool) throws -> FieldValue? {
    let values = try Set(
      origins(of: dots, field, steps: isConfig ? 1 : 64).compactMap { dot in
        try operation(dot).cells.first { $0.field == field }?.value
      })
    return values.count == 1 ? values.first : nil
  }

  /// The nearest ops of a field that all of these grew from, by up to so many steps each.
  ///
  /// - Returns: empty where they have nothing in common, or more lies between than is looked through.
  private func origins(of dots: [Dot], _ field: FieldName, steps: Int) throws -> Set<Dot> {
    var fronts = dots.map { Set([$0]) }
    var grown = dots.map { _ in Set<Dot>() }
    for _ in 0..<steps where grown.allSatisfy({ $0.count < 256 }) {
      for index in dots.indices {
        let replaced = Set(try fronts[index].flatMap { try overwritten($0, field) })
        fronts[index] = replaced.subtracting(grown[index])
        grown[index].formUnion(replaced)
      }
      let common = grown.dropFirst().reduce(grown.first ?? []) { $0.intersection($1) }
      if !common.isEmpty {
        return common.subtracting(try common.flatMap { try overwritten($0, field) })
      }
    }
    return []
  }
}
