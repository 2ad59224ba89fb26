import FieldbookModel

/// A dataset as runs of an experiment used it.
package struct DatasetSummary: Equatable, Sendable {
  package var name: String
  package var digest: String
  /// What for: `training`, `evaluation`.
  package var context: String?
}

extension WriteTransaction {
  /// What runs of an experiment used, deleted ones too; each once, by name, digest and context.
  package func datasets(of experiment: ExperimentID, limit: Int) throws -> [DatasetSummary] {
    guard let entity = try existingEntity(experiment.key) else { return [] }
    return try sql.all(
      """
      SELECT DISTINCT d.name, d.digest, d.context FROM dataset_use d JOIN run r ON r.id = d.run
      WHERE r.experiment = ? ORDER BY 1, 2, 3 LIMIT ?
      """, .integer(entity.id), .integer(Int64(limit))
    ).map {
      DatasetSummary(name: $0[0].text ?? "", digest: $0[1].text ?? "", context: $0[2].text)
    }
  }
}

extension WriteTransaction {
  package func datasets(of run: RunID) throws -> [Dataset] {
    guard let entity = try existingEntity(run.key) else { return [] }
    return try members(entity.id, "datasets").sorted { $0.key < $1.key }
      .compactMap { DatasetCoding.decode($0.value) }
  }
}
