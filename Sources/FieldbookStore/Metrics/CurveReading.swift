import FieldbookModel
import FieldbookReplication

/// Curves come from the chunks themselves: those that the window does not touch are not read, and no point is built. Nothing has to be
/// kept beside them for it.
extension WriteTransaction {
  /// Nil where no window is asked for and no point of the metric is here.
  package func curve(_ run: EntityKey, _ request: CurveRequest) throws -> MetricCurve? {
    guard let entity = try existingEntity(run) else { return nil }
    let (stretches, absent) = try self.stretches(entity, request)
    var room = ChunkRoom()
    guard let window = try request.window ?? extent(stretches, request, &room) else { return nil }
    var builder = CurveBuilder(axis: request.axis, window: window, columns: request.columns)
    for group in WriteTransaction.grouped(stretches) {
      if group.count == 1 {
        try read(group[0], request.key, &room) {
          builder.add(steps: $0, timestamps: $1, values: $2)
        }
      } else {
        // Two chunks can hold one point.
        builder.add(MetricPoint.union(try group.map { try points($0, request.key) }))
      }
    }
    return builder.curve(absent: absent)
  }

  /// Points that lie together, from a step to a step.
  private struct Stretch {
    enum Place {
      /// Row of `payload`.
      case chunk(Int64)
      case tail([MetricPoint])
    }

    var steps: ClosedRange<Int64>
    var place: Place
  }

  private func stretches(_ entity: EntityRow, _ request: CurveRequest) throws
    -> ([Stretch], absent: Int)
  {
    let steps = request.axis == .step ? request.window : nil
    var out: [Stretch] = []
    var absent = 0
    try sql.each(
      """
      SELECT c.manifest, p.id FROM chunk c LEFT JOIN payload p ON p.digest = c.digest
      WHERE c.run = ?
      """, [.integer(entity.id)]
    ) { row in
      guard let manifest = row[0].blob.flatMap({ try? MetricManifest(encoded: $0) }),
        let series = manifest.series.first(where: { $0.key == request.key }),
        series.firstStep <= series.lastStep
      else { return }
      let own = series.firstStep...series.lastStep
      guard steps?.overlaps(own) != false else { return }
      if let payload = row[1].integer {
        out.append(Stretch(steps: own, place: .chunk(payload)))
      } else {
        absent += series.count
      }
    }
    try sql.each("SELECT payload FROM tail WHERE run = ?", [.blob(entity.key.bytes)]) { row in
      let points = try MetricChunk.points(of: request.key, in: row[0].blob ?? [])
      guard let first = points.first, let last = points.last else { return }
      let own = first.step...last.step
      if steps?.overlaps(own) != false { out.append(Stretch(steps: own, place: .tail(points))) }
    }
    out.sort { $0.steps.lowerBound < $1.steps.lowerBound }
    return (out, absent)
  }

  /// Those that share a step, and so perhaps a point, together.
  private static func grouped(_ stretches: [Stretch]) -> [[Stretch]] {
    var out: [[Stretch]] = []
    var end = Int64.min
    for stretch in stretches {
      if out.isEmpty || stretch.steps.lowerBound > end {
        out.append([stretch])
      } else {
        out[out.count - 1].append(stretch)
      }
      end = max(end, stretch.steps.upperBound)
    }
    return out
  }

  private func extent(
    _ stretches: [Stretch], _ request: CurveRequest, _ room: inout ChunkRoom
  ) throws -> ClosedRange<Int64>? {
    guard let first = stretches.first else { return nil }
    if request.axis == .step {
      return first.steps
        .lowerBound...stretches.reduce(Int64.min) {
          max($0, $1.steps.upperBound)
        }
    }
    // Manifests do not tell of times.
    var (low, high) = (Int64.max, Int64.min)
    for stretch in stretches {
      try read(stretch, request.key, &room) { _, timestamps, _ in
        for time in timestamps {
          low = min(low, time)
          high = max(high, time)
        }
      }
    }
    return low <= high ? low...high : nil
  }

  private func read(
    _ stretch: Stretch, _ key: String, _ room: inout ChunkRoom,
    _ body: (
      UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Int64>
    ) -> Void
  ) throws {
    switch stretch.place {
    case .tail(let points):
      let columns = [
        points.map(\.step), points.map(\.timestamp),
        points.map { Int64(bitPattern: $0.value.bitPattern) },
      ]
      columns[0].withUnsafeBufferPointer { steps in
        columns[1].withUnsafeBufferPointer { timestamps in
          columns[2].withUnsafeBufferPointer { body(steps, timestamps, $0) }
        }
      }
    case .chunk(let id):
      try MetricChunk.eachColumn(of: key, in: try payload(id), room: &room, body)
    }
  }

  private func points(_ stretch: Stretch, _ key: String) throws -> [MetricPoint] {
    switch stretch.place {
    case .tail(let points): points
    case .chunk(let id): try MetricChunk.points(of: key, in: try payload(id))
    }
  }

  private func payload(_ id: Int64) throws -> [UInt8] {
    try sql.first("SELECT bytes FROM payload WHERE id = ?", .integer(id))?[0].blob ?? []
  }
}
