import FieldbookModel

/// Datasets and models that runs took in, and models that they made: `inputs` of MLflow 2.4 and newer.
///
/// A row says of what kind both of its ends are: a dataset of a run, or a run of a model.
final class RunInputs {
  private let tables: any Tables
  private let uses: OwnedRows
  private let models: OwnedRows
  private let hasTags: Bool
  private var datasets: [String: Dataset] = [:]
  private var order: [String] = []

  init(_ tables: any Tables) throws {
    self.tables = tables
    guard try tables.has("inputs"), try tables.has("datasets") else {
      uses = try OwnedRows(nil)
      models = try OwnedRows(nil)
      hasTags = false
      return
    }
    hasTags = try tables.has("input_tags")
    uses = try OwnedRows(
      tables.rows(
        """
        SELECT t.destination_id, t.source_id, t.input_uuid FROM inputs t
        WHERE t.source_type = 'DATASET' AND t.destination_type = 'RUN'
        ORDER BY \(tables.byBytes("t.destination_id"))
        """))
    let step = try tables.columns(of: "inputs").contains("step") ? "t.step" : "0"
    models = try OwnedRows(
      tables.rows(
        """
        SELECT t.source_id, t.source_type, t.destination_id, \(step) FROM inputs t
        WHERE t.source_type IN ('RUN_INPUT', 'RUN_OUTPUT')
        ORDER BY \(tables.byBytes("t.source_id"))
        """))
  }

  func take(_ id: String, into run: inout ForeignRun, _ sink: RecordSink) throws {
    try uses.each(of: id) { row in
      let row = Array(row)
      guard var dataset = try row[0].text.flatMap({ try dataset($0) }) else {
        return try sink(.left(Left(.datasets, id, reason: "the dataset is not there")))
      }
      dataset.tags = try row[1].text.map { try tags(of: $0, run: id) } ?? [:]
      dataset.context = dataset.tags.removeValue(forKey: TrackingWords.dataContext)
      run.datasets.append(dataset)
      try BoundedEntries.check(run.datasets.count, owner: id)
    }
    try models.each(of: id) { row in
      let row = Array(row)
      guard let model = row[1].text.map({ ForeignKey.loggedModel($0) }) else { return }
      if row[0].text == "RUN_INPUT" {
        run.modelInputs.append(model)
      } else {
        run.modelOutputs.append(ModelOutput(model: model, step: row[2].integer ?? 0))
      }
      try BoundedEntries.check(run.modelInputs.count + run.modelOutputs.count, owner: id)
    }
  }

  private func tags(of input: String, run: String) throws -> [String: String] {
    guard hasTags, RunInputs.isID(input) else { return [:] }
    let rows = try tables.select(
      ["name", "value"], from: "input_tags", "WHERE t.input_uuid = '\(input)'")
    var entries = BoundedEntries(owner: run)
    while let row = try rows.next() { try entries.add(row[...]) }
    return entries.values
  }

  /// Ids are MLflow's own: letters, digits and `-`. Anything else is none, and gets into no statement.
  private static func isID(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      }
  }

  /// The few that were used last are kept.
  private func dataset(_ id: String) throws -> Dataset? {
    if let known = datasets[id] { return known }
    guard RunInputs.isID(id) else { return nil }
    let rows = try tables.select(
      [
        "name", "digest", "dataset_source_type", "dataset_source", "dataset_schema",
        "dataset_profile",
      ], from: "datasets", "WHERE t.dataset_uuid = '\(id)'")
    guard let row = try rows.next(), let name = row[0].text, let digest = row[1].text else {
      return nil
    }
    let found = Dataset(
      name: name, digest: digest, sourceType: row[2].text ?? "", source: row[3].text ?? "",
      schema: row[4].text, profile: row[5].text, context: nil)
    if order.count >= 64 { datasets[order.removeFirst()] = nil }
    datasets[id] = found
    order.append(id)
    return found
  }
}
