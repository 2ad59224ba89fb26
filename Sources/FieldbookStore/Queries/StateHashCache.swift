import FieldbookModel
import FieldbookReplication

/// The state hash of known heads, kept: the state is a pure function of the log.
extension WriteTransaction {
  package func cachedStateHash() throws -> String {
    let heads = HeadsDigest.of(try heads()).hex
    if try journalOps().isEmpty, let kept = try meta("state_hash").text?.split(separator: " "),
      kept.count == 3, kept[0] == heads, try Int64(kept[1]) == level()
    {
      return String(kept[2])
    }
    return try stateHash()
  }

  /// Nil before the first op of this replica.
  package func presentLog() throws -> LogID? {
    guard let epoch = try meta("own_epoch").integer else { return nil }
    return LogID(device: identity.device, epoch: UInt64(bitPattern: epoch))
  }
}

extension Store {
  package func keepStateHash(_ hash: String, heads: [Head]) throws {
    try write(.script) { transaction in
      // Only if nothing was written in between.
      guard try transaction.heads() == heads, try transaction.journalOps().isEmpty else { return }
      let digest = HeadsDigest.of(heads).hex
      let text = "\(digest) \(try transaction.level()) \(hash)"
      guard try transaction.meta("state_hash").text != text else { return }
      try transaction.setMeta("state_hash", .text(text))
    }
  }
}
