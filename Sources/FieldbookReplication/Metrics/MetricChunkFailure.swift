import FieldbookModel

/// A payload that is not the chunk that it should be.
package enum MetricChunkFailure: Failure, Equatable {
  case damaged(DecodingFailure)
  /// A version of this program that came later packed it.
  case unknownFormat(found: UInt8)
  /// It can be unpacked, but holds other points than those that the log names.
  case altered(expected: ContentDigest, found: ContentDigest)

  package var message: String {
    switch self {
    case .damaged(let failure): "a metric chunk cannot be read: \(failure.message)"
    case .unknownFormat(let found):
      "a metric chunk has format \(found), this program knows \(ChunkFormat.version)"
    case .altered(let expected, _):
      "metric chunk \(expected.hex.prefix(12)) was altered: its points do not match its hash"
    }
  }

  package var hint: String {
    switch self {
    case .damaged(let failure): failure.hint
    case .unknownFormat: "update fieldbook on this machine"
    case .altered: "fetch it again from another replica; fieldbook doctor checks what is here"
    }
  }
}
