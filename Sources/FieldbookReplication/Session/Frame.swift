import FieldbookModel

/// One part of a message or of a bundle: a type, a length, and that many bytes.
package struct Frame: Equatable, Sendable {
  package var kind: FrameKind
  package var payload: [UInt8]

  package init(_ kind: FrameKind, _ payload: [UInt8]) {
    self.kind = kind
    self.payload = payload
  }

  package init(_ kind: FrameKind, _ build: (inout ByteWriter) -> Void) {
    var out = ByteWriter()
    build(&out)
    self.init(kind, out.bytes)
  }

  package func write(to out: inout ByteWriter) {
    out.varint(kind.rawValue)
    out.lengthPrefixed(payload)
  }
}

/// Raw values are part of the format. A kind that a reader does not know is skipped.
package struct FrameKind: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  package static let end = FrameKind(rawValue: 0)
  package static let hello = FrameKind(rawValue: 1)
  package static let helloAnswer = FrameKind(rawValue: 2)
  package static let proof = FrameKind(rawValue: 3)
  package static let token = FrameKind(rawValue: 4)
  package static let offer = FrameKind(rawValue: 5)
  package static let heads = FrameKind(rawValue: 6)
  package static let segment = FrameKind(rawValue: 7)
  package static let payload = FrameKind(rawValue: 8)
  package static let wantPayloads = FrameKind(rawValue: 9)
  package static let wantObjects = FrameKind(rawValue: 10)
  package static let refusals = FrameKind(rawValue: 11)
  package static let failure = FrameKind(rawValue: 12)
  package static let enrolBegin = FrameKind(rawValue: 13)
  package static let enrolAnswer = FrameKind(rawValue: 14)
  package static let enrolFinish = FrameKind(rawValue: 15)
  package static let enrolDone = FrameKind(rawValue: 16)
  package static let bundleHead = FrameKind(rawValue: 20)
  package static let bundleNeeds = FrameKind(rawValue: 21)
  package static let bundleTotals = FrameKind(rawValue: 22)
  package static let object = FrameKind(rawValue: 23)
  package static let objectPart = FrameKind(rawValue: 24)
}

/// A whole message: `FBX1`, a version, frames, and an end frame with the first 16 bytes of the SHA-256
/// of everything before it.
///
/// The sum finds what got lost or turned on the way, so a message is taken in whole or not at all. It
/// proves nothing about who sent it: signatures do.
package struct Message: Equatable, Sendable {
  package var frames: [Frame]

  package init(_ frames: [Frame]) { self.frames = frames }

  private static let magic = Array("FBX1".utf8)
  private static let version: UInt64 = 1
  private static let sumBytes = 16
  private static let trailerBytes = 2 + sumBytes

  package var encoded: [UInt8] {
    var out = ByteWriter()
    out.bytes(Message.magic)
    out.varint(Message.version)
    for frame in frames { frame.write(to: &out) }
    let sum = OperationHash.sha256(out.bytes).prefix(Message.sumBytes)
    Frame(.end, Array(sum)).write(to: &out)
    return out.bytes
  }

  package init(encoded: [UInt8]) throws {
    guard encoded.count <= SyncLimits.messageBytes else { throw DecodingFailure.tooLarge("message") }
    guard encoded.count >= Message.magic.count + 1 + Message.trailerBytes else {
      throw DecodingFailure.truncated
    }
    let content = encoded[..<(encoded.count - Message.trailerBytes)]
    guard content.starts(with: Message.magic) else {
      throw DecodingFailure.malformed("message: it does not begin with FBX1")
    }
    var trailer = ByteReader(encoded[content.endIndex...])
    guard try trailer.varint() == FrameKind.end.rawValue,
      try trailer.varint() == UInt64(Message.sumBytes),
      Array(try trailer.bytes(count: Message.sumBytes))
        == Array(OperationHash.sha256(Array(content)).prefix(Message.sumBytes))
    else { throw DecodingFailure.malformed("message: its sum does not fit") }
    var reader = ByteReader(content.dropFirst(Message.magic.count))
    guard try reader.varint() == Message.version else {
      throw DecodingFailure.malformed("message: its version is not known here")
    }
    frames = []
    while !reader.isAtEnd {
      guard frames.count < SyncLimits.framesPerMessage else {
        throw DecodingFailure.tooLarge("number of frames")
      }
      let kind = FrameKind(rawValue: try reader.varint())
      frames.append(Frame(kind, Array(try reader.lengthPrefixed(limit: SyncLimits.frameBytes))))
    }
  }

  package func first(_ kind: FrameKind) -> [UInt8]? { frames.first { $0.kind == kind }?.payload }
}

extension ByteReader {
  package mutating func digest() throws(DecodingFailure) -> ContentDigest {
    guard let digest = ContentDigest(bytes: Array(try bytes(count: 32))) else { throw .truncated }
    return digest
  }

  package mutating func deviceKey() throws(DecodingFailure) -> DeviceKey {
    guard let key = DeviceKey(bytes: Array(try bytes(count: 32))) else { throw .truncated }
    return key
  }

  package mutating func workspaceID() throws(DecodingFailure) -> WorkspaceID {
    guard let key = EntityKey(bytes: try bytes(count: 16)) else { throw .truncated }
    return WorkspaceID(key)
  }

  package mutating func heads(limit: Int) throws(DecodingFailure) -> [Head] {
    let count = try varint()
    guard count <= UInt64(limit) else { throw .tooLarge("number of heads") }
    var heads: [Head] = []
    for _ in 0..<count {
      let device = try deviceKey()
      let epoch = try fixed64()
      let number = try varint()
      heads.append(Head(log: LogID(device: device, epoch: epoch), number: number, hash: try digest()))
    }
    return heads
  }

  package func expectEnd(_ what: String) throws(DecodingFailure) {
    guard isAtEnd else { throw .malformed(what) }
  }
}

extension ByteWriter {
  package mutating func heads(_ heads: [Head]) {
    varint(UInt64(heads.count))
    for head in heads {
      bytes(head.log.device.bytes)
      fixed64(head.log.epoch)
      varint(head.number)
      bytes(head.hash.bytes)
    }
  }
}
