import FieldbookModel

/// Which metric a purge took out of a run, told to those who know the name already: whoever sees it again in points that
/// were recorded meanwhile can tell. A name that can be guessed can be found by trying.
package struct SeriesCommitment: Hashable, Sendable {
  package static let saltBytes = 16
  /// 16 bytes of salt, then SHA-256 over salt, the run's key (16 bytes) and the metric's name (UTF-8).
  package let bytes: [UInt8]

  package init(_ metric: String, of run: EntityKey, salt: [UInt8]) {
    bytes = salt + OperationHash.sha256(salt + run.bytes + Array(metric.utf8))
  }

  package init?(_ bytes: [UInt8]) {
    guard bytes.count == SeriesCommitment.saltBytes + 32 else { return nil }
    self.bytes = bytes
  }

  package func names(_ metric: String, of run: EntityKey) -> Bool {
    let salt = Array(bytes.prefix(SeriesCommitment.saltBytes))
    return self == SeriesCommitment(metric, of: run, salt: salt)
  }
}
