import FieldbookModel

/// Points of the metrics of one run, packed into a few bytes each.
///
/// A chunk is a set of points: their order and repetitions leave no trace. Every value comes back
/// bit for bit, whatever NaN, infinity or negative zero it is.
///
/// What names a chunk is the hash of its canonical form (`CanonicalForm`), which depends on the
/// points alone. So whoever holds the parts of a joined chunk can build it without a transfer, and
/// packing may get better without renaming what is stored already.
package enum MetricChunk {
  /// Packs points. Series of the same key are united, those without points left out.
  ///
  /// The series must keep to `MetricChunkLimits`; `parts(of:)` cuts what does not.
  package static func encode(_ series: [MetricSeries], level: Int32 = 3) -> EncodedMetricChunk {
    let columns = PointColumns(canonical(series))
    precondition(
      columns.keepsToLimits, "metric points beyond the limits of a chunk: cut into parts")
    let (packed, cuts) = ChunkPacking.pack(columns)
    return EncodedMetricChunk(
      payload: Zstd.compress(packed, level: level, cuts: cuts),
      manifest: MetricManifest(of: columns))
  }

  /// Unpacks what `encode` made: series by key, points by (step, timestamp, value bits).
  ///
  /// Any bytes may come in. Memory stays within a small multiple of `MetricChunkLimits`.
  /// - Parameter digest: the chunk's name. Throws `altered` unless the points have it; nil leaves
  ///   that unchecked.
  package static func decode(
    _ payload: [UInt8], expecting digest: ContentDigest?
  ) throws(MetricChunkFailure) -> [MetricSeries] {
    let columns = try unpack(payload)
    if let digest {
      let found = CanonicalForm.digest(of: columns).digest
      guard found == digest else { throw .altered(expected: digest, found: found) }
    }
    return columns.allSeries
  }

  /// Of one metric, by (step, timestamp, value bits); none if the chunk has none. The chunk's name is not checked.
  package static func points(
    of key: String, in payload: [UInt8]
  ) throws(MetricChunkFailure) -> [MetricPoint] {
    let columns = try unpack(payload)
    return columns.series.first { $0.key == key }.map { columns.points($0.range) } ?? []
  }

  /// The same as columns, without building points: steps, timestamps and bit patterns of values.
  ///
  /// - Parameter room: for whoever reads several chunks, one after the other.
  package static func eachColumn(
    of key: String, in payload: [UInt8], room: inout ChunkRoom,
    _ body: (
      _ steps: UnsafeBufferPointer<Int64>, _ timestamps: UnsafeBufferPointer<Int64>,
      _ values: UnsafeBufferPointer<Int64>
    ) -> Void
  ) throws(MetricChunkFailure) {
    let columns = try unpack(payload, in: &room)
    defer { room.giveBack(columns) }
    guard let range = columns.series.first(where: { $0.key == key })?.range else { return }
    columns.steps.withUnsafeBufferPointer { steps in
      columns.timestamps.withUnsafeBufferPointer { timestamps in
        columns.values.withUnsafeBufferPointer { values in
          body(
            UnsafeBufferPointer(rebasing: steps[range]),
            UnsafeBufferPointer(rebasing: timestamps[range]),
            UnsafeBufferPointer(rebasing: values[range]))
        }
      }
    }
  }

  private static func unpack(_ payload: [UInt8]) throws(MetricChunkFailure) -> PointColumns {
    var room = ChunkRoom()
    return try unpack(payload, in: &room)
  }

  private static func unpack(
    _ payload: [UInt8], in room: inout ChunkRoom
  ) throws(MetricChunkFailure) -> PointColumns {
    let packed: [UInt8]
    do { packed = try Zstd.decompress(payload, limit: MetricChunkLimits.rawBytes) } catch {
      throw .damaged(error)
    }
    if let format = packed.first, format != ChunkFormat.version {
      throw .unknownFormat(found: format)
    }
    do { return try ChunkUnpacking.columns(packed, in: &room) } catch { throw .damaged(error) }
  }
}

/// A chunk as it is stored and sent, and what the log says of it.
package struct EncodedMetricChunk: Equatable, Sendable {
  /// Compressed. The same points may be packed otherwise by another version or at another level.
  package let payload: [UInt8]
  package let manifest: MetricManifest

  /// The chunk's name: SHA-256 of its canonical form.
  package var digest: ContentDigest { manifest.digest }
  /// Size of the canonical form.
  package var rawByteCount: Int { manifest.rawByteCount }
}
