import FieldbookModel
import FieldbookReplication

/// Which runs a query over many looks at.
package enum RunSelection: Equatable, Sendable {
  case run(RunID)
  /// Those that are not deleted.
  case experiment(ExperimentID)
}

/// A run as a list knows it.
package struct RunHead: Equatable, Sendable {
  package var id: RunID
  package var name: String
  package var status: RunStatus
  package var startTime: Timestamp
  /// Which recorded it.
  package var device: DeviceKey?
  /// Metrics of the run's own, not those of the machine.
  package var metrics = 0
}

/// Reads of many runs at once: a statement for all, not one for each.
extension WriteTransaction {
  /// Newest first.
  package func heads(of selection: RunSelection) throws -> [RunHead] {
    guard let (condition, id) = try condition(selection) else { return [] }
    var counts: [EntityKey: Int] = [:]
    try sql.each(
      """
      SELECT e.key, count(*) FROM run r CROSS JOIN series s ON s.run = r.id
      JOIN field f ON f.id = s.key JOIN entity e ON e.id = r.id
      WHERE \(condition) AND NOT (f.name >= 'metrics.system/' AND f.name < 'metrics.system0')
      GROUP BY r.id
      """, [id]
    ) { row in
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }) else { return }
      counts[key] = Int(row[1].integer ?? 0)
    }
    return try sql.all(
      composed: """
        SELECT e.key, r.name, r.status, r.start_time, c.device FROM run r
        JOIN entity e ON e.id = r.id LEFT JOIN chain c ON c.id = r.chain
        WHERE \(condition) ORDER BY r.start_time DESC, r.id DESC
        """, id
    ).compactMap { row in
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }) else { return nil }
      return RunHead(
        id: RunID(key), name: row[1].text ?? key.short,
        status: row[2].text.flatMap(RunStatus.init) ?? .running,
        startTime: Timestamp(milliseconds: row[3].integer ?? 0),
        device: row[4].blob.flatMap { DeviceKey(bytes: $0) }, metrics: counts[key] ?? 0)
    }
  }

  /// Every field of the runs that shows a value: params, tags, files, datasets, what was captured. The fields of one run follow each
  /// other.
  package func eachField(
    of selection: RunSelection, _ body: (RunID, FieldName, FieldValue) throws -> Void
  ) throws {
    guard let (condition, id) = try condition(selection) else { return }
    var names: [Int64: FieldName] = [:]
    try sql.each(
      """
      SELECT e.key, g.field, g.value FROM run r CROSS JOIN register g ON g.entity = r.id
      JOIN entity e ON e.id = r.id WHERE \(condition) AND g.value IS NOT NULL
      """, [id]
    ) { row in
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }), let field = row[1].integer
      else { return }
      let known: FieldName
      if let name = names[field] {
        known = name
      } else {
        guard
          let text = try sql.first("SELECT name FROM field WHERE id = ?", .integer(field))?[0].text
        else { return }
        known = FieldName(text)
        names[field] = known
      }
      try body(RunID(key), known, row[2].field)
    }
  }

  /// Runs that are not deleted and have a tag of this name, by its value.
  package func runs(taggedWith tag: EntryKey) throws -> [String: [RunHead]] {
    // Of a tag that nobody ever set there is no field, and nothing is looked through.
    guard
      let field = try sql.first(
        "SELECT id FROM field WHERE name = ?", .text(FieldName.tag(tag).text))?[0]
    else { return [:] }
    var found: [String: [RunHead]] = [:]
    let rows = try sql.all(
      """
      SELECT g.value, e.key FROM run r CROSS JOIN register g ON g.entity = r.id AND g.field = ?
      JOIN entity e ON e.id = r.id WHERE r.lifecycle = 'active'
      """, field)
    for row in rows {
      guard let value = row[0].text, let key = row[1].blob.flatMap({ EntityKey(bytes: $0) }),
        let head = try heads(of: .run(RunID(key))).first
      else { continue }
      found[value, default: []].append(head)
    }
    return found
  }

  private func condition(_ selection: RunSelection) throws -> (String, SQL.Value)? {
    switch selection {
    case .run(let run): try existingEntity(run.key).map { ("r.id = ?", .integer($0.id)) }
    case .experiment(let experiment):
      try existingEntity(experiment.key).map {
        ("r.experiment = ? AND r.lifecycle = 'active'", .integer($0.id))
      }
    }
  }
}
