import FieldbookModel
import FieldbookReplication

extension FuzzTarget {
  /// What peers, bundles and the database give of the log.
  static let segments: [FuzzTarget] = [
    exact(
      "segment", maxBytes: 8192, seeds: try Samples.shared.get().segments.map(\.bytes),
      read: { bytes in
        let segment = try Segment(encoded: bytes)
        if let body = try? segment.body() { try promiseReadable(body, segment.header.clockBase) }
        _ = try? segment.verifySignature()
        return segment
      }, write: { $0.encoded.bytes }),
    exact(
      "segment-header",
      seeds: try Samples.shared.get().segments.map {
        try Segment(encoded: $0.bytes).header.encoded
      },
      read: { try SegmentHeader(encoded: $0) }, write: { $0.encoded }),
    FuzzTarget("segment-body", maxBytes: 8192, seeds: try BodyInput.seeds()) { bytes in
      let input = BodyInput(bytes)
      try promiseReadable(try input.body, BodyInput.clockBase)
    },
  ]

  private static func promiseReadable(_ body: SegmentBody, _ clockBase: HybridTime) throws {
    let anchors = body.ops.flatMap(\.cells).flatMap(\.overwrites).map(\.anchor).max() ?? 0
    try promiseFaithful(
      body, "segment-body",
      read: {
        try SegmentBody(
          encoded: $0, clockBase: clockBase, count: body.ops.count, anchors: anchors)
      }, write: { $0.encoded(clockBase: clockBase) })
    for op in body.ops {
      let numbered = op.numbered { Dot(chain: Int64($0.anchor), number: $0.number) }
      if numbered.isUnderstood, numbered.kind == .purge { _ = try numbered.purgeTargets() }
      _ = (numbered.purgedContents, numbered.purgedSeries)
    }
    let start = [UInt8](repeating: 0, count: 32)
    let log = LogID(device: Samples.device, epoch: 1)
    guard
      let hashes = try? OperationHash.running(
        from: start, ops: body.ops, salts: body.salts, log: { (log, $0.number) })
    else { return }
    try promiseSameHashes(body, hashes.last, start, log)
  }

  /// Withholding every other cell must not change what is signed.
  private static func promiseSameHashes(
    _ body: SegmentBody, _ root: [UInt8]?, _ start: [UInt8], _ log: LogID
  ) throws {
    let places = body.ops.enumerated().flatMap { op, operation in
      stride(from: 0, to: operation.cells.count, by: 2).map { CellPlace(op: op, cell: $0) }
    }
    let withheld = try body.withholding(Set(places))
    let hashes = try OperationHash.running(
      from: start, ops: withheld.ops, salts: withheld.salts, log: { (log, $0.number) })
    try promise(hashes.last == root, "segment-body: without values it has another hash")
  }
}

/// A body as it is unpacked, behind two bytes that say what its header says: the number of ops,
/// and of anchors.
struct BodyInput {
  static let clockBase = HybridTime(milliseconds: 1_763_697_600_000)
  private let count: Int
  private let anchors: Int
  private let raw: [UInt8]

  init(_ bytes: [UInt8]) {
    count = Int(bytes.first ?? 0)
    anchors = Int(bytes.dropFirst().first ?? 0) % 3
    raw = Array(bytes.dropFirst(2))
  }

  var body: SegmentBody {
    get throws {
      try SegmentBody(
        encoded: raw, clockBase: BodyInput.clockBase, count: count, anchors: anchors)
    }
  }

  static func encode(_ body: SegmentBody) -> [UInt8] {
    [UInt8(clamping: body.ops.count), 2] + body.encoded(clockBase: clockBase)
  }

  /// Bodies of the samples, whole and with values left out.
  @Sendable static func seeds() throws -> [[UInt8]] {
    try Samples.shared.get().segments.flatMap { encoded in
      var body = try Segment(encoded: encoded.bytes).body()
      body.ops = Array(body.ops.prefix(255)).map { op in
        op.mapReferences { WireDot(anchor: min($0.anchor + 1, 2), number: $0.number) }
      }
      let places = Set(body.ops.indices.map { CellPlace(op: $0, cell: 0) })
      return [encode(body), encode(try body.withholding(places))]
    }
  }
}
