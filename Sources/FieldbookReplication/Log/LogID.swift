import FieldbookModel

/// Names the append-only sequence of what one device wrote in one epoch.
package struct LogID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let device: DeviceKey
  /// Random. A device that was restored from a backup goes on in a new epoch.
  package let epoch: UInt64

  package init(device: DeviceKey, epoch: UInt64) {
    self.device = device
    self.epoch = epoch
  }

  package var description: String {
    let epochHex = String(epoch, radix: 16)
    return device.id + "-" + String(repeating: "0", count: 16 - epochHex.count) + epochHex
  }

  package static func < (left: LogID, right: LogID) -> Bool {
    left.device == right.device ? left.epoch < right.epoch : left.device < right.device
  }
}

/// SHA-256 of a segment's header.
package typealias SegmentHash = ContentDigest

/// The last segment held of one log, or of one branch of a log that was forked.
package struct Head: Hashable, Comparable, Sendable {
  package let log: LogID
  /// Number of the segment's last op; a log's first op is number 1.
  package let number: UInt64
  package let hash: SegmentHash

  package init(log: LogID, number: UInt64, hash: SegmentHash) {
    self.log = log
    self.number = number
    self.hash = hash
  }

  package static func < (left: Head, right: Head) -> Bool {
    if left.log != right.log { return left.log < right.log }
    return left.number == right.number ? left.hash < right.hash : left.number < right.number
  }
}

/// A segment as it travels and lies on disk: header, signature, body.
package struct EncodedSegment: Equatable, Sendable {
  package let hash: SegmentHash
  package let bytes: [UInt8]

  package init(hash: SegmentHash, bytes: [UInt8]) {
    self.hash = hash
    self.bytes = bytes
  }
}
