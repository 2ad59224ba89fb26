import FieldbookModel

/// In the log a manifest is one value: the digest; the raw byte count; the number of metrics; then
/// for each its key, number of points, first and last step, last timestamp, and three values.
///
/// Steps and timestamps are told by their distance from those of the metric before, the maximum and
/// the last value by what their bits do not share with the minimum's: with keys that are logged
/// together most of that is zero.
extension MetricManifest {
  package var encoded: [UInt8] {
    var out = ByteWriter()
    out.bytes(digest.bytes)
    out.varint(UInt64(rawByteCount))
    out.varint(UInt64(series.count))
    var before = (firstStep: Int64.zero, timestamp: Int64.zero)
    for one in series {
      out.text(one.key)
      out.varint(UInt64(one.count))
      out.zigzag(one.firstStep &- before.firstStep)
      out.varint(UInt64(bitPattern: one.lastStep &- one.firstStep))
      out.zigzag(one.last.timestamp &- before.timestamp)
      let minimum = one.summary.minimum.bitPattern
      out.trimmed(minimum)
      out.trimmed(one.summary.maximum.bitPattern ^ minimum)
      out.trimmed(one.last.value.bitPattern ^ minimum)
      before = (one.firstStep, one.last.timestamp)
    }
    return out.bytes
  }

  /// Any bytes may come in. What is read is what `encoded` wrote, byte for byte, or it throws.
  package init(encoded: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(encoded)
    guard let digest = ContentDigest(bytes: Array(try reader.bytes(count: 32))) else {
      throw .malformed("digest of a metric chunk")
    }
    let rawByteCount = try reader.varint()
    guard rawByteCount <= UInt64(MetricChunkLimits.rawBytes) else {
      throw .tooLarge("\(rawByteCount) bytes of metric points")
    }
    let seriesCount = try reader.varint()
    guard seriesCount <= UInt64(MetricChunkLimits.keys) else {
      throw .tooLarge("\(seriesCount) metrics")
    }
    self.init(digest: digest, rawByteCount: Int(rawByteCount), series: [])
    for _ in 0..<seriesCount { series.append(try next(from: &reader)) }
    guard reader.isAtEnd else { throw .malformed("metric manifest: bytes follow it") }
  }

  private func next(from reader: inout ByteReader) throws(DecodingFailure) -> Series {
    let key = try reader.text(limit: MetricChunkLimits.keyBytes)
    if let before = series.last, !MetricChunk.precedes(before.key, key) {
      throw .malformed("order of metrics in a manifest")
    }
    let pointCount = try reader.varint()
    guard pointCount <= UInt64(MetricChunkLimits.points - count) else {
      throw .tooLarge("\(pointCount) metric points")
    }
    let firstStep = (series.last?.firstStep ?? 0) &+ (try reader.zigzag())
    let lastStep = firstStep &+ Int64(bitPattern: try reader.varint())
    let timestamp = (series.last?.last.timestamp ?? 0) &+ (try reader.zigzag())
    let minimum = try reader.trimmed()
    let maximum = Double(bitPattern: minimum ^ (try reader.trimmed()))
    let last = Double(bitPattern: minimum ^ (try reader.trimmed()))
    let summary = MetricSummary(
      count: Int(pointCount), last: MetricPoint(step: lastStep, timestamp: timestamp, value: last),
      minimum: Double(bitPattern: minimum), maximum: maximum)
    guard pointCount > 0, firstStep <= lastStep, summary.isOrdered else {
      throw .malformed("summary of a metric")
    }
    return Series(key: key, firstStep: firstStep, summary: summary)
  }
}

extension MetricSummary {
  fileprivate var isOrdered: Bool {
    minimum <= maximum || (minimum.isNaN && maximum.isNaN && last.value.isNaN)
  }
}

extension ByteWriter {
  /// A count and that many of the number's bytes, the most significant first, without zeros at the
  /// end: short for the bits of simple fractions.
  fileprivate mutating func trimmed(_ number: UInt64) {
    let count = 8 - number.trailingZeroBitCount / 8
    varint(UInt64(count))
    for index in 0..<count {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * index)))
    }
  }
}

extension ByteReader {
  fileprivate mutating func trimmed() throws(DecodingFailure) -> UInt64 {
    let count = try varint()
    guard count <= 8 else { throw .malformed("number") }
    var number: UInt64 = 0
    for (index, byte) in try bytes(count: Int(count)).enumerated() {
      number |= UInt64(byte) << UInt64(56 - 8 * index)
    }
    guard count == 8 - number.trailingZeroBitCount / 8 else { throw .malformed("number") }
    return number
  }
}
