/// What a packed chunk says of its series, read and bounded before anything is allocated for them.
struct ChunkHead {
  struct Series {
    let key: String
    let range: Range<Int>
    let steps: ColumnSource
    let timestamps: ColumnSource
    let mapping: ValueMapping
    let values: PackedColumn

    /// In the order in which they lie in the sections.
    var columns: [PackedColumn] { [steps.column, timestamps.column, values].compactMap { $0 } }
  }

  private(set) var series: [Series] = []

  var pointCount: Int { series.last?.range.upperBound ?? 0 }

  init(_ bytes: ArraySlice<UInt8>) throws(DecodingFailure) {
    var reader = ByteReader(bytes)
    let count = try reader.varint()
    guard count <= UInt64(MetricChunkLimits.keys) else { throw .tooLarge("\(count) metrics") }
    var keyBefore: [UInt8] = []
    for _ in 0..<count {
      keyBefore = try ChunkHead.key(from: &reader, after: keyBefore)
      guard let key = String(validating: keyBefore, as: UTF8.self) else {
        throw .malformed("key of a metric")
      }
      series.append(try next(key, from: &reader))
    }
    guard reader.isAtEnd else { throw .malformed("head of a metric chunk") }
  }

  private func next(
    _ key: String, from reader: inout ByteReader
  ) throws(DecodingFailure) -> Series {
    let count = try reader.varint()
    guard count <= UInt64(MetricChunkLimits.points - pointCount) else {
      throw .tooLarge("\(count) metric points")
    }
    guard count > 0 else { throw .malformed("metric without points") }
    return Series(
      key: key, range: pointCount..<pointCount + Int(count),
      steps: try source(count: Int(count), from: &reader),
      timestamps: try source(count: Int(count), from: &reader),
      mapping: try ValueMapping(from: &reader), values: try PackedColumn(from: &reader))
  }

  private func source(
    count: Int, from reader: inout ByteReader
  ) throws(DecodingFailure) -> ColumnSource {
    let source = try ColumnSource(from: &reader, at: series.count)
    if let reference = source.reference, series[reference].range.count != count {
      throw .malformed("reference to a metric column")
    }
    return source
  }

  private static func key(
    from reader: inout ByteReader, after keyBefore: [UInt8]
  ) throws(DecodingFailure) -> [UInt8] {
    let shared = try reader.varint()
    guard shared <= UInt64(keyBefore.count) else { throw .malformed("key of a metric") }
    var key = Array(keyBefore.prefix(Int(shared)))
    key += try reader.lengthPrefixed(limit: MetricChunkLimits.keyBytes - key.count)
    return key
  }
}
