import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Metric payloads whose points are not what their digest says.
  package func damagedPayloads() throws -> [ContentDigest] {
    var damaged: [ContentDigest] = []
    for id in try sql.all("SELECT id FROM payload ORDER BY id").compactMap({ $0[0].integer }) {
      guard
        let row = try sql.first("SELECT digest, bytes FROM payload WHERE id = ?", .integer(id)),
        let digest = row[0].blob.flatMap(ContentDigest.init), let bytes = row[1].blob
      else { continue }
      do {
        _ = try MetricChunk.decode(bytes, expecting: digest)
      } catch MetricChunkFailure.unknownFormat {
        continue
      } catch {
        damaged.append(digest)
      }
    }
    return damaged
  }

  /// Takes a payload out, so that it counts as missing and is asked for again.
  package func dropPayload(_ digest: ContentDigest) throws {
    try sql.run("DELETE FROM payload WHERE digest = ?", .blob(digest.bytes))
  }
}
