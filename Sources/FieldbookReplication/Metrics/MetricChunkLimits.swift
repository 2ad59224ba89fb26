/// The largest chunk. The numbers are chosen so that a manifest always fits into one value of one
/// field, and the worst points that there are into `rawBytes`.
package enum MetricChunkLimits {
  package static let points = 256 * 1024
  package static let keys = 512
  /// UTF-8; enough for 250 characters of any script.
  package static let keyBytes = 1000
  /// Before compression.
  package static let rawBytes = 16 * 1024 * 1024
}
