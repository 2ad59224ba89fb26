import FieldbookModel
import FieldbookReplication

/// What was found out about what is stored, and is looked up again and again where a log is forked often or many write at one
/// moment. Each transaction hands it on to the next, and one that fails to nobody.
struct KnownOps {
  /// SQLite's `data_version` of the connection when the last transaction began: another one after a commit of someone else.
  var version: Int64?
  /// Names of ops that were compared by them.
  var hashes: [Dot: [UInt8]] = [:]
  /// Of fields with several values the one that is shown.
  var shown: [Register: LiveValue] = [:]
  /// Of segments that a branch follows, by their rows: the last one up to there that says what its author had seen; 0 for none.
  var witnesses: [Int64: Int64] = [:]
  var branches = Branches()
  var ancestry = Ancestry()

  /// Of names, fields and segments: beyond that all are forgotten, and looked up anew.
  static let limit = 1 << 18

  /// What does not change, whoever writes.
  func afterOthers(version: Int64?) -> KnownOps {
    var rest = KnownOps(
      version: version, hashes: hashes, witnesses: witnesses, branches: branches,
      ancestry: ancestry)
    rest.branches.isDoubted = true
    return rest
  }
}

extension WriteTransaction {
  /// Takes over what the transaction before found. Another process can have written values since, and more of any branch.
  func takeOver(_ known: KnownOps) throws {
    self.known = known
    let version = try sql.first("PRAGMA data_version")?[0].integer
    guard version != known.version, !Mutant.isOn(.othersUnnoticed) else { return }
    self.known = known.afterOthers(version: version)
  }

  /// The name of an op, as `hash(of:)` says it: it does not change.
  func keptHash(of dot: Dot) throws -> [UInt8] {
    if let known = known.hashes[dot] { return known }
    let hash = try hash(of: dot)
    if known.hashes.count >= KnownOps.limit { known.hashes = [:] }
    known.hashes[dot] = hash
    return hash
  }
}
