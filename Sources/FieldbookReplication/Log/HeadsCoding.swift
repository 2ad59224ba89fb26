import FieldbookModel

/// Heads as bytes, for keeping and sending.
package enum HeadsCoding {
  package static func encode(_ heads: [Head]) -> [UInt8] {
    var out = ByteWriter()
    for head in heads {
      out.bytes(head.log.device.bytes)
      out.fixed64(head.log.epoch)
      out.varint(head.number)
      out.bytes(head.hash.bytes)
    }
    return out.bytes
  }

  package static func decode(_ bytes: [UInt8]) throws(DecodingFailure) -> [Head] {
    var reader = ByteReader(bytes)
    var heads: [Head] = []
    while !reader.isAtEnd {
      guard let device = DeviceKey(bytes: Array(try reader.bytes(count: 32))) else {
        throw .malformed("heads")
      }
      let log = LogID(device: device, epoch: try reader.fixed64())
      let number = try reader.varint()
      guard let hash = SegmentHash(bytes: Array(try reader.bytes(count: 32))) else {
        throw .malformed("heads")
      }
      heads.append(Head(log: log, number: number, hash: hash))
    }
    return heads
  }
}
