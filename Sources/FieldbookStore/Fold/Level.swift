import FieldbookModel
import FieldbookReplication

/// Programs of several levels can work on one replica, one after the other or at once: the tables say with whose
/// knowledge they were folded.
extension WriteTransaction {
  func understands(_ op: Operation<Dot>) -> Bool { identity.vocabulary.understands(op) }

  private var ownLevel: Int64 { Int64(identity.vocabulary.level) }

  /// Of the earliest program that folded something of what the tables hold.
  private func leastLevel() throws -> Int64 { try meta("level").integer ?? 0 }

  /// The level of the program that folded what the tables hold; 0 if programs of several levels did.
  package func level() throws -> Int64 {
    try isMixed() ? 0 : leastLevel()
  }

  private func isMixed() throws -> Bool { try meta("mixed").integer != nil }

  /// True when ops were kept, or passed over, that this program understands and the one before did not.
  package func needsReplay() throws -> Bool {
    guard try leastLevel() < ownLevel, !Mutant.isOn(.replaySkipped) else { return false }
    return try isMixed() || sql.first("SELECT 1 FROM unknown_op LIMIT 1") != nil
  }

  /// Before anything is written: so that it is written with knowledge of everything that is here.
  func replayIfDue() throws {
    guard try leastLevel() < ownLevel else { return }
    try needsReplay() ? rebuild() : noteLevel()
  }

  /// Everything in the tables was folded with the knowledge of this program.
  func noteLevel() throws {
    try setMeta("level", .integer(ownLevel))
    try setMeta("mixed", .null)
  }

  /// An op is kept without effect in tables to which a later program gave its knowledge: it folds them anew when it
  /// writes next.
  func noteMixedLevels() throws {
    guard try leastLevel() > ownLevel, !Mutant.isOn(.mixedLevelsUnnoticed) else { return }
    try setMeta("level", .integer(ownLevel))
    try setMeta("mixed", .integer(1))
  }
}
