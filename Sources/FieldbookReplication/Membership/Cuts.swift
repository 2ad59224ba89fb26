import FieldbookModel

/// What a revocation leaves of a device's logs: for each, the last segment that is accepted.
///
/// As text, so that a history shows it: `EPOCH/NUMBER/HASH`, hexadecimal, decimal, hexadecimal, by commas. No log,
/// no text: nothing of the device is accepted.
package struct Cuts: Equatable, Sendable {
  package struct Cut: Hashable, Sendable {
    package let epoch: UInt64
    /// Of the segment's last op.
    package let number: UInt64
    package let segment: SegmentHash

    package init(epoch: UInt64, number: UInt64, segment: SegmentHash) {
      self.epoch = epoch
      self.number = number
      self.segment = segment
    }
  }

  package let cuts: [Cut]

  package init(_ cuts: [Cut]) { self.cuts = cuts }

  package var text: String {
    cuts.map { "\(Hex.encode($0.epoch.bytes))/\($0.number)/\($0.segment.hex)" }
      .sorted().joined(separator: ",")
  }

  package init?(text: String) {
    var cuts: [Cut] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: !text.contains(",")) {
      let words = part.split(separator: "/", omittingEmptySubsequences: false)
      guard words.count == 3, words[0].utf8.count == 16, let epoch = UInt64(words[0], radix: 16),
        let number = UInt64(words[1]), number >= 1, number < Dot.numberLimit,
        let hash = Hex.decode(String(words[2])).flatMap(SegmentHash.init(bytes:))
      else { return nil }
      cuts.append(Cut(epoch: epoch, number: number, segment: hash))
    }
    self.cuts = cuts
  }
}

extension UInt64 {
  /// Greatest first.
  package var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) } }
}
