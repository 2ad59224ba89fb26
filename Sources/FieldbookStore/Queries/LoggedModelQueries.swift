import FieldbookModel
import FieldbookReplication
import Foundation

extension WriteTransaction {
  package func loggedModel(_ id: LoggedModelID) throws -> LoggedModel? {
    guard let entity = try existingEntity(id.key), entity.kind == .loggedModel else { return nil }
    func value(_ field: FieldName) throws -> FieldValue { try shownValue(entity.id, field).field }
    let told = try value(.createdTime).integer
    let created = Timestamp(milliseconds: told ?? entity.createdClock?.milliseconds ?? 0)
    let updated = try sql.first(
      "SELECT updated FROM entity WHERE id = ? AND updated > 0", .integer(entity.id))
    return LoggedModel(
      id: id, name: try value(.name).text ?? "",
      experiment: try value(.experiment).key.map { ExperimentID($0) } ?? Experiment.defaultID,
      sourceRun: try value(.run).key.map { RunID($0) }, modelType: try value(.modelType).text,
      status: try value(.modelStatus).text.flatMap(LoggedModelStatus.init) ?? .pending,
      lifecycle: try value(.lifecycle).text.flatMap(Lifecycle.init) ?? .active,
      createdTime: created,
      lastUpdateTime: updated?[0].integer.map {
        Timestamp(milliseconds: HybridTime(stored: $0).milliseconds)
      } ?? created, parameters: try members(entity.id, "params"),
      tags: try members(entity.id, "tags"), metrics: try loggedModelMetrics(entity))
  }

  package func loggedModels() throws -> [LoggedModelID] {
    try sql.all(
      "SELECT key FROM entity WHERE kind = ? ORDER BY created_clock DESC, key",
      .integer(Int64(EntityKind.loggedModel.rawValue))
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) }.map { LoggedModelID($0) } }
  }

  private func loggedModelMetrics(_ entity: EntityRow) throws -> [LoggedModelMetric] {
    let field = try fieldID(.modelMetrics)
    let rows = try sql.all(
      "SELECT value FROM member WHERE entity = ? AND field = ? ORDER BY clock, value",
      .integer(entity.id), .integer(field))
    var seen: Set<LoggedModelMetric> = []
    return rows.compactMap { $0[0].blob.flatMap { try? LoggedModelMetricCoding.decode($0) } }
      .filter { seen.insert($0).inserted }
  }
}

package enum LoggedModelMetricCoding {
  package static func encode(_ metric: LoggedModelMetric) -> [UInt8] {
    var out = ByteWriter()
    out.text(metric.key)
    out.zigzag(metric.point.step)
    out.zigzag(metric.point.timestamp)
    out.fixed64(metric.point.value.bitPattern)
    out.bytes(metric.run.key.bytes)
    out.text(metric.datasetName ?? "")
    out.text(metric.datasetDigest ?? "")
    return out.bytes
  }

  package static func decode(_ bytes: [UInt8]) throws -> LoggedModelMetric {
    var reader = ByteReader(bytes)
    let key = try reader.text(limit: 4096)
    let step = try reader.zigzag()
    let timestamp = try reader.zigzag()
    let value = Double(bitPattern: try reader.fixed64())
    guard let run = EntityKey(bytes: try reader.bytes(count: 16)) else {
      throw DecodingFailure.malformed("metric of a logged model")
    }
    let name = try reader.text(limit: 4096)
    let digest = try reader.text(limit: 4096)
    guard reader.isAtEnd else { throw DecodingFailure.malformed("metric of a logged model") }
    return LoggedModelMetric(
      key: key, point: MetricPoint(step: step, timestamp: timestamp, value: value), run: RunID(run),
      datasetName: name.isEmpty ? nil : name, datasetDigest: digest.isEmpty ? nil : digest)
  }
}
