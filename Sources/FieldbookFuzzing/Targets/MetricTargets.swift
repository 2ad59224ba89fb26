import FieldbookModel
import FieldbookReplication

extension FuzzTarget {
  /// Metric points, as peers and the database give them.
  static let metrics: [FuzzTarget] = [
    FuzzTarget(
      "metric-payload", seeds: [MetricChunk.encode(Samples.series).payload],
      body: { try promisePoints($0) }),
    // Packed here: hardly any change of a compressed payload would come as far as its columns.
    FuzzTarget(
      "metric-chunk",
      seeds: try [Samples.series, Array(Samples.series.prefix(1))].map {
        try Zstd.decompress(MetricChunk.encode($0).payload, limit: MetricChunkLimits.rawBytes)
      }, body: { try promisePoints(Zstd.compress($0, level: 1)) }),
    exact(
      "metric-manifest", seeds: [MetricChunk.encode(Samples.series).manifest.encoded],
      read: { try MetricManifest(encoded: $0) }, write: { $0.encoded }),
  ]

  private static func promisePoints(_ payload: [UInt8]) throws {
    let series = try MetricChunk.decode(payload, expecting: nil)
    let count = series.reduce(0) { $0 + $1.points.count }
    try promise(count <= MetricChunkLimits.points, "metric chunk: more points than one may hold")
    guard count <= 4096 else { return }
    let packed = MetricChunk.encode(series)
    try promise(packed.manifest.count == count, "metric chunk: points are lost")
    do {
      let again = try MetricChunk.decode(packed.payload, expecting: packed.digest)
      try promise(again == series, "metric chunk: packed again, the points are others")
      let manifest = try MetricManifest(encoded: packed.manifest.encoded)
      try promise(manifest == packed.manifest, "metric chunk: its manifest reads otherwise")
    } catch let error where !(error is BrokenPromise) {
      throw BrokenPromise("metric chunk: packed again it does not read: \(error)")
    }
  }
}
