import FieldbookModel
import FieldbookReplication
import FieldbookStore

extension FuzzTarget {
  /// What lies in the columns of the database: some of it in values that peers wrote.
  static let stored: [FuzzTarget] = [
    exact(
      "journal", seeds: try journal(), read: { try JournalCoding.decode($0) },
      write: { JournalCoding.encode($0) }),
    exact(
      "dots", maxBytes: 512,
      seeds: [DotList.encode([Dot(chain: 1, number: 2), Dot(chain: 3, number: 1 << 39)])],
      read: { try DotList.decode($0) }, write: { DotList.encode($0) }),
    faithful(
      "dataset", seeds: try [Array(DatasetCoding.encode(dataset).utf8)],
      read: { bytes -> Dataset in
        guard let dataset = DatasetCoding.decode(bytes.text) else { throw unread }
        return dataset
      }, write: { Array(try DatasetCoding.encode($0).utf8) }),
    faithful(
      "artifact", maxBytes: 256,
      seeds: [Array(ArtifactCoding.encode(digest, byteCount: 12345).utf8)],
      read: { bytes -> Artifact in
        guard let artifact = ArtifactCoding.decode(bytes.text, path: "a") else { throw unread }
        return artifact
      }, write: { Array(ArtifactCoding.encode($0.digest, byteCount: $0.byteCount).utf8) }),
    exact(
      "logged-model-metric", seeds: loggedModelMetrics.map(LoggedModelMetricCoding.encode),
      read: { try LoggedModelMetricCoding.decode($0) },
      write: { LoggedModelMetricCoding.encode($0) }),
  ]

  private static let unread = DecodingFailure.malformed("text")
  private static let digest = ContentDigest(bytes: [UInt8](repeating: 5, count: 32))!

  @Sendable private static func journal() throws -> [[UInt8]] {
    try Samples.shared.get().segments.prefix(4).flatMap { encoded in
      try Segment(encoded: encoded.bytes).body().ops.prefix(4).map { op in
        JournalCoding.encode(
          op.numbered { Dot(chain: Int64($0.anchor), number: $0.number) })
      }
    }
  }

  private static let dataset = Dataset(
    name: "digits", digest: "ab12", sourceType: "local", source: "{\"uri\":\"a/b\"}",
    schema: "{}", profile: nil, context: "training")

  private static let loggedModelMetrics = [nil, "digits"].map { name in
    LoggedModelMetric(
      key: "acc", point: MetricPoint(step: -1, timestamp: 1_763_697_600_000, value: 0.5),
      run: RunID(EntityKey(high: 1, low: 2)), datasetName: name, datasetDigest: name)
  }
}
