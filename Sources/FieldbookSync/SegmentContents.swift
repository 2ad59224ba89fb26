import FieldbookModel
import FieldbookReplication

/// What a segment counts for in reports, and the metric payloads that its ops name.
struct SegmentContents {
  var ops: Int
  var points = 0
  var payloads: [ContentDigest] = []

  init(of segment: EncodedSegment) throws {
    let opened = try Segment(encoded: segment.bytes)
    ops = opened.header.count
    for op in try opened.body().ops where op.kind == .addMetrics {
      for cell in op.cells {
        guard let manifest = cell.value?.bytes.flatMap({ try? MetricManifest(encoded: $0) }) else {
          continue
        }
        points += manifest.count
        payloads.append(manifest.digest)
      }
    }
  }
}
