import FieldbookModel
import FieldbookWorkspace

/// The body of `runs/log-batch`, checked.
struct LoggedBatch {
  var run: String
  var parameters: [(EntryKey, String)] = []
  var metrics: [MetricEntry] = []
  var tags = RunTags()

  init(_ fields: Fields) throws(MLflowError) {
    run = try fields.requiredText("run_id")
    guard LoggedBatch.isRunText(run) else {
      throw .invalid(Fields.invalidValue("run_id", .string(run)))
    }
    let metricFields = try fields.list("metrics")
    let parameterPairs = try fields.pairs("params")
    let tagPairs = try fields.pairs("tags")
    try LoggedBatch.check(metricFields.count, "metrics", atMost: Limits.entitiesPerBatch)
    try LoggedBatch.check(parameterPairs.count, "params", atMost: 100)
    try LoggedBatch.check(tagPairs.count, "tags", atMost: 100)
    try LoggedBatch.check(
      metricFields.count + parameterPairs.count + tagPairs.count, "metrics, params, and tags",
      atMost: Limits.entitiesPerBatch)

    metrics.reserveCapacity(metricFields.count)
    for metric in metricFields { metrics.append(try MetricEntry(metric)) }
    var seen: Set<String> = []
    var repeated: [String] = []
    for (index, pair) in parameterPairs.enumerated() {
      parameters.append(
        try EntryRules.parameter(pair.key, pair.value, path: "params[\(index)]."))
      if !seen.insert(pair.key).inserted { repeated.append(pair.key) }
    }
    guard repeated.isEmpty else {
      let list = repeated.map(PythonText.repr).joined(separator: ", ")
      throw .invalid(
        "Duplicate parameter keys have been submitted: [\(list)]. Please ensure the request"
          + " contains only one param value per param key.")
    }
    for (index, pair) in tagPairs.enumerated() {
      try tags.add(pair.key, pair.value, path: "tags[\(index)].")
    }
  }

  private static func check(
    _ count: Int, _ what: String, atMost limit: Int
  ) throws(MLflowError) {
    guard count > limit else { return }
    throw .invalid(
      "A batch logging request can contain at most \(limit) \(what). Got \(count) \(what). Please"
        + " split up \(what) across multiple requests and try again.")
  }

  private static func isRunText(_ text: String) -> Bool {
    guard (1...256).contains(text.utf8.count), let first = text.unicodeScalars.first else {
      return false
    }
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }
    return isLetter(first)
      && text.unicodeScalars.allSatisfy { isLetter($0) || $0 == "_" || $0 == "-" }
  }
}

/// One measurement as a client sends it.
struct MetricEntry {
  var key: String
  var point: MetricPoint
  var model: String?
  var datasetName: String?
  var datasetDigest: String?

  init(_ fields: Fields) throws(MLflowError) {
    let key = try fields.requiredText("key")
    let value = try fields.requiredNumber("value")
    let timestamp = try fields.requiredInteger("timestamp")
    let step = try fields.integer("step") ?? 0
    model = try fields.text("model_id").flatMap { $0.isEmpty ? nil : $0 }
    datasetName = try fields.text("dataset_name").flatMap { $0.isEmpty ? nil : $0 }
    datasetDigest = try fields.text("dataset_digest").flatMap { $0.isEmpty ? nil : $0 }
    guard (datasetName == nil) == (datasetDigest == nil) else {
      throw .invalid("Both dataset_name and dataset_digest must be provided if one is provided")
    }
    _ = try EntryRules.metricKey(key, path: fields.prefix + "name")
    guard timestamp >= 0 else {
      throw .invalid(
        Fields.invalidValue(
          fields.prefix + "timestamp", .integer(timestamp),
          "metric '\(key)' (value=\(value)). Timestamp must be a nonnegative long (64-bit"
            + " integer) "))
    }
    self.key = key
    point = MetricPoint(step: step, timestamp: timestamp, value: value)
  }

  var series: MetricSeries { MetricSeries(key: key, points: [point]) }

  /// By key, in the order in which the keys first come.
  static func series(_ entries: [MetricEntry]) -> [MetricSeries] {
    var places: [String: Int] = [:]
    var series: [MetricSeries] = []
    for entry in entries {
      if let place = places[entry.key] {
        series[place].points.append(entry.point)
      } else {
        places[entry.key] = series.count
        series.append(entry.series)
      }
    }
    return series
  }
}

/// Tags for a run, parted into those that are fields here and the rest.
struct RunTags {
  private(set) var entries: [(EntryKey, String)] = []
  private var name: String?
  private var description: String?

  mutating func add(_ key: String, _ value: String, path: String) throws(MLflowError) {
    switch key {
    case MLflowTag.runName: name = value
    case MLflowTag.note: description = value
    default:
      let entry = try EntryRules.runTag(key, value, path: path)
      // Of two with one key the later counts.
      entries.removeAll { $0.0 == entry.0 }
      entries.append(entry)
    }
  }

  func applyFields(to run: RunID, _ workspace: Workspace) throws {
    if let name, !name.isEmpty { try workspace.rename(run.key, to: name, durability: .script) }
    if let description {
      try workspace.setDescription(run.key, description, durability: .script)
    }
  }
}

extension Dataset {
  init(_ input: Fields) throws(MLflowError) {
    guard let dataset = try input.object("dataset") else { throw input.missing("dataset") }
    let name = try dataset.requiredText("name")
    let digest = try dataset.requiredText("digest")
    try Dataset.check(name, "name", atMost: 500)
    try Dataset.check(digest, "digest", atMost: 36)
    let source = try dataset.text("source") ?? ""
    try Dataset.check(source, "source", atMost: 65_535)
    let schema = try dataset.text("schema")
    try Dataset.check(schema ?? "", "schema", atMost: 1_048_575)
    let profile = try dataset.text("profile")
    try Dataset.check(profile ?? "", "profile", atMost: 16_777_215)
    var tags: [String: String] = [:]
    for (key, value) in try input.pairs("tags") {
      try Dataset.check(key, "key", atMost: 255)
      try Dataset.check(value, "value", atMost: 500)
      tags[key] = value
    }
    let context = tags.removeValue(forKey: MLflowTag.dataContext)
    self.init(
      name: name, digest: digest, sourceType: try dataset.text("source_type") ?? "",
      source: source, schema: schema, profile: profile,
      context: context, tags: tags)
  }

  private static func check(
    _ text: String, _ name: String, atMost limit: Int
  ) throws(MLflowError) {
    guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return }
    throw .invalid("'\(name)' exceeds the maximum length of \(limit) characters")
  }
}
