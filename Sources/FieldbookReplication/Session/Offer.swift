import FieldbookModel

/// What one side tells the other in one exchange; the same in both directions.
///
/// The heads are always durable at the sender, so that they acknowledge whatever they cover.
package struct Offer: Equatable, Sendable {
  package struct Payload: Equatable, Sendable {
    package var digest: ContentDigest
    package var bytes: [UInt8]

    package init(digest: ContentDigest, bytes: [UInt8]) {
      self.digest = digest
      self.bytes = bytes
    }
  }

  /// An artifact that the sender lacks, and how much of it is there from an earlier try.
  package struct WantedObject: Hashable, Sendable {
    package var digest: ContentDigest
    package var byteCount: Int64
    package var offset: Int64

    package init(digest: ContentDigest, byteCount: Int64, offset: Int64) {
      self.digest = digest
      self.byteCount = byteCount
      self.offset = offset
    }
  }

  package struct Refusal: Equatable, Sendable {
    package var segment: SegmentHash
    package var reason: String

    package init(segment: SegmentHash, reason: String) {
      self.segment = segment
      self.reason = reason
    }
  }

  /// Counts the sender's offers of a session, from 1.
  package var sequence: UInt64 = 0
  /// Sequence of the receiver's last offer that the sender has taken in; 0 for none.
  package var acknowledges: UInt64 = 0
  /// Of all of the sender's heads.
  package var digest: ContentDigest
  /// Digest of the heads that `tips` add to; `SyncSession.zero` for none.
  package var base: ContentDigest
  /// The sender's heads that are not in the base.
  package var tips: [Head] = []
  package var segments: [EncodedSegment] = []
  package var payloads: [Payload] = []
  package var wantPayloads: [ContentDigest] = []
  package var wantObjects: [WantedObject] = []
  package var refusals: [Refusal] = []
  /// The sender has more segments or wanted payloads than the window took.
  package var more = false
  /// The sender does not know the base of the receiver's last offer: tell all heads.
  package var needsFull = false
  /// Only heads are told and wanted: nothing is to change.
  package var headsOnly = false

  package init(digest: ContentDigest, base: ContentDigest) {
    self.digest = digest
    self.base = base
  }

  // MARK: Coding

  package var frames: [Frame] {
    var frames = [
      Frame(.offer) { out in
        out.varint((more ? 1 : 0) | (needsFull ? 2 : 0) | (headsOnly ? 4 : 0))
        out.varint(sequence)
        out.varint(acknowledges)
        out.bytes(digest.bytes)
        out.bytes(base.bytes)
      }
    ]
    if !tips.isEmpty { frames.append(Frame(.heads) { $0.heads(tips) }) }
    for segment in segments { frames.append(Frame(.segment, segment.hash.bytes + segment.bytes)) }
    for payload in payloads { frames.append(Frame(.payload, payload.digest.bytes + payload.bytes)) }
    if !wantPayloads.isEmpty { frames.append(Frame(.wantPayloads, wantPayloads.flatMap(\.bytes))) }
    if !wantObjects.isEmpty {
      frames.append(
        Frame(.wantObjects) { out in
          for object in wantObjects {
            out.bytes(object.digest.bytes)
            out.varint(UInt64(clamping: object.byteCount))
            out.varint(UInt64(clamping: object.offset))
          }
        })
    }
    if !refusals.isEmpty {
      frames.append(
        Frame(.refusals) { out in
          for refusal in refusals.prefix(SyncLimits.refusalsTold) {
            out.bytes(refusal.segment.bytes)
            out.text(String(refusal.reason.prefix(SyncLimits.textBytes / 4)))
          }
        })
    }
    return frames
  }

  package init(frames: [Frame]) throws {
    guard let head = frames.first(where: { $0.kind == .offer }) else {
      throw DecodingFailure.malformed("message: there is no offer in it")
    }
    var reader = ByteReader(head.payload)
    let flags = try reader.varint()
    sequence = try reader.varint()
    acknowledges = try reader.varint()
    digest = try reader.digest()
    base = try reader.digest()
    more = flags & 1 != 0
    needsFull = flags & 2 != 0
    headsOnly = flags & 4 != 0
    for frame in frames { try take(frame) }
  }

  private mutating func take(_ frame: Frame) throws(DecodingFailure) {
    var reader = ByteReader(frame.payload)
    switch frame.kind {
    case .heads:
      tips = try reader.heads(limit: SyncLimits.headsPerOffer)
      try reader.expectEnd("heads")
    case .segment:
      let hash = try reader.digest()
      segments.append(EncodedSegment(hash: hash, bytes: Array(frame.payload[32...])))
    case .payload:
      let digest = try reader.digest()
      payloads.append(Payload(digest: digest, bytes: Array(frame.payload[32...])))
    case .wantPayloads:
      while !reader.isAtEnd {
        guard wantPayloads.count < SyncLimits.payloadsWanted else {
          throw .tooLarge("number of wanted payloads")
        }
        wantPayloads.append(try reader.digest())
      }
    case .wantObjects:
      while !reader.isAtEnd {
        guard wantObjects.count < SyncLimits.objectsWanted else {
          throw .tooLarge("number of wanted artifacts")
        }
        let digest = try reader.digest()
        let size = try reader.varint()
        let offset = try reader.varint()
        guard offset <= size, size <= UInt64(SyncLimits.objectBytes) else {
          throw .malformed("size of an artifact")
        }
        wantObjects.append(
          WantedObject(digest: digest, byteCount: Int64(size), offset: Int64(offset)))
      }
    case .refusals:
      while !reader.isAtEnd {
        guard refusals.count < SyncLimits.refusalsTold else {
          throw .tooLarge("number of refused segments")
        }
        let hash = try reader.digest()
        refusals.append(
          Refusal(segment: hash, reason: try reader.text(limit: SyncLimits.textBytes)))
      }
    default: return
    }
  }
}
