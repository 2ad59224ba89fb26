import FieldbookModel
import FieldbookReplication

/// What a segment counts for in reports, and the metric payloads that its ops name.
struct SegmentContents {
  var ops = 0
  var points = 0
  var payloads: [ContentDigest] = []

  /// Of one that is damaged here, nothing: the peer says what is wrong with it.
  init(of segment: EncodedSegment) {
    guard let opened = try? Segment(encoded: segment.bytes), let body = try? opened.body() else {
      return
    }
    ops = opened.header.count
    for op in body.ops where op.kind == .addMetrics {
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
