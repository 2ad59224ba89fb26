import FieldbookModel

/// What was there against what is here, by kind.
package struct MoveReport: Sendable, Equatable {
  /// Where it was, as a person names it.
  package var source: String
  /// Counted there.
  package var there = Census()
  /// Found here again, read back from the replica.
  package var arrived = Census()
  /// Of those, what was not here before.
  package var fresh = Census()
  /// Fields that were changed here since they came, and not there.
  package var kept = 0
  /// Fields that were changed on both sides: conflicts now.
  package var disputed = 0
  /// What is left there: counted by reason, with one example each.
  package var left: [Left] = []
  /// What a person should know besides.
  package var notes: [String] = []

  package init(source: String) { self.source = source }

  package var kinds: [MovedKind] {
    MovedKind.allCases.filter { there.has($0) || arrived.has($0) }
  }

  package var isComplete: Bool { kinds.allSatisfy { there[$0] == arrived[$0] } }

  package mutating func leave(_ one: Left) {
    there[one.kind] += one.count
    if let place = left.firstIndex(where: { $0.kind == one.kind && $0.reason == one.reason }) {
      left[place].count += one.count
    } else if left.count < MoveReport.reasons {
      left.append(one)
    } else {
      // Never more reasons than a person reads: the rest is one.
      let rest = Left(one.kind, one.name, reason: "other reasons", count: one.count)
      if let place = left.firstIndex(where: { $0.kind == rest.kind && $0.reason == rest.reason }) {
        left[place].count += rest.count
      } else {
        left.append(rest)
      }
    }
  }

  /// Said, and nothing that is missing: what is deleted here is there not to be seen either.
  mutating func leaveDeletedTraces(_ count: Int) {
    if count > 0 { note("deleted traces stay here: MLflow keeps none") }
  }

  /// How many runs end before they start, and the first of them.
  private var backwards = 0
  private var firstBackwards = ""

  mutating func look(at run: ForeignRun) {
    guard let start = run.startTime, let end = run.state?.endTime?.milliseconds, end < start else {
      return
    }
    if backwards == 0 { firstBackwards = run.name ?? run.id }
    backwards += 1
  }

  /// To be called when all runs were looked at.
  mutating func noteBackwards() {
    guard backwards > 0 else { return }
    let which = firstBackwards + (backwards == 1 ? "" : ", …")
    note(
      Amount.of(backwards, "run", ("ends before it starts", "end before they start"))
        + " (\(which)): the times are kept as they were told")
  }

  private static let reasons = 100

  package mutating func note(_ text: String) {
    if !notes.contains(text), notes.count < MoveReport.reasons { notes.append(text) }
  }
}
