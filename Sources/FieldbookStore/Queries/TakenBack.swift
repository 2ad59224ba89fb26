import FieldbookModel
import FieldbookReplication

/// Decisions that were taken back. Undo says the sides again by new ops, which overwrite the decision: the log still has the ops that
/// said them first, with what these replaced, who wrote them and when.
extension WriteTransaction {
  /// How often one conflict may have been decided and taken back for its first sides to be found.
  private static let mostTurns = 32

  /// The values of a conflict by the ops that said them first, in the same order: they themselves, unless a decision between them was
  /// taken back.
  func said(_ values: [LiveValue], _ name: FieldName) throws -> [LiveValue] {
    var values = values
    for _ in 0..<WriteTransaction.mostTurns {
      guard let before = try decided(values, name) else { break }
      values = before
    }
    return values
  }

  /// What one op replaced that all of these overwrite, if it is just these values; nil when there is no such op.
  private func decided(_ values: [LiveValue], _ name: FieldName) throws -> [LiveValue]? {
    // Who takes a decision back says all sides; two who decide anew, with the same two words, are two.
    guard values.count > 1, Set(values.map(\.value)).count == values.count,
      Set(values.map(\.dot.chain)).count == 1
    else { return nil }
    var common: Set<Dot>?
    for value in values {
      let replaced = Set(try overwritten(value.dot, name))
      common = common.map { $0.intersection(replaced) } ?? replaced
    }
    for decision in (common ?? []).sorted(by: { $0.raw < $1.raw }) {
      var first: [FieldValue: LiveValue] = [:]
      for dot in try overwritten(decision, name) {
        let op = try operation(dot)
        guard let value = op.cells.first(where: { $0.field == name })?.value, first[value] == nil
        else { continue }
        first[value] = LiveValue(dot: dot, clock: op.clock, value: value)
      }
      let found = values.compactMap { first[$0.value] }
      if found.count == values.count, first.count == values.count { return found }
    }
    return nil
  }

  func overwritten(_ dot: Dot, _ name: FieldName) throws -> [Dot] {
    try operation(dot).cells.filter { $0.field == name }.flatMap(\.overwrites)
  }
}
