import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

// Runs, as `runs/…` take them. Source: MLflow's REST API; sizes of batches: its "Request Limits".
extension ServerExport {
  private static let batchPoints = 1000
  private static let batchEntries = 100

  mutating func write(_ run: Run, _ place: ServerExperiment) throws {
    count(run)
    let held = known[run.experiment]?.runs[run.id.key]
    // An experiment that is deleted on both sides came whole before it was.
    guard !place.isDeleted else {
      runs[run.id.key] = held?.id
      return
    }
    let id = try held?.id ?? create(run, place)
    runs[run.id.key] = id
    let missing = try missing(of: run, beside: held)
    if held?.run.isDeleted == true, run.lifecycle == .active || !missing.isEmpty {
      try client.call("runs/restore", ["run_id": .string(id)])
    }
    for part in missing.params.sliced(ServerExport.batchEntries) {
      try log(.params, part.map(\.key), ["run_id": .string(id), "params": .pairs(part)])
    }
    for part in missing.tags.sliced(ServerExport.batchEntries) {
      try log(.tags, part.map(\.key), ["run_id": .string(id), "tags": .pairs(part)])
    }
    for series in missing.points {
      for part in series.points.sliced(ServerExport.batchPoints) {
        try log(
          .points, [series.key],
          [
            "run_id": .string(id),
            "metrics": .array(part.map { ServerExport.metric(series.key, $0) }),
          ])
      }
    }
    try log(missing.datasets, of: id)
    try upload(run.artifacts, of: run.id.key, name: id, missing.files, place: nil)
    if !missing.files.isEmpty {
      // Last: until then, files of the same length may be others.
      try client.call(
        "runs/set-tag",
        [
          "run_id": .string(id), "key": .string(MovingTag.files),
          "value": .string(ServerExport.print(run.artifacts)),
        ])
    }
    guard missing.hasState else { return }
    try client.call(
      "runs/update",
      [
        "run_id": .string(id), "status": .string(run.state.status.rawValue.uppercased()),
        "end_time": (run.state.endTime?.milliseconds).map(JSON.integer),
        "run_name": .string(run.name),
      ])
  }

  private mutating func count(_ run: Run) {
    report.there[.runs] += 1
    report.there[.params] += run.parameters.count
    report.there[.tags] += sentTagCount(run)
    report.there[.descriptions] += run.description == nil ? 0 : 1
    report.there[.metrics] += run.metrics.count
    report.there[.datasets] += run.datasets.count
    report.there[.links] += run.modelInputs.count + run.modelOutputs.count
    report.there[.deletions] += run.lifecycle == .deleted ? 1 : 0
    count(run.artifacts, of: run.id.hex)
  }

  /// Those whose contents are not here stay, and are named.
  mutating func count(_ artifacts: [Artifact], of name: String) {
    for artifact in artifacts {
      if artifact.isHere {
        report.there[.files] += 1
      } else {
        let reason = "its content is not on this replica"
        report.leave(Left(.files, "\(name): \(artifact.path)", reason: reason))
      }
    }
  }

  /// Its tags as they go there: which run there is its parent is for the server to know.
  func sent(_ run: Run) -> [String: String] {
    var tags = out.tags(of: run)
    tags[MovingTag.key] = run.id.hex
    if let parent = run.parent {
      tags[MovingTag.parent] = parent.hex
      tags[TrackingWords.parentRun] = runs[parent.key] ?? parent.hex
    }
    tags[TrackingWords.runName] = nil
    return tags
  }

  private mutating func create(_ run: Run, _ place: ServerExperiment) throws -> String {
    // Found again by this tag, if the rest does not come to it.
    let made = try client.post(
      ServerExport.api + "runs/create",
      .object([
        "experiment_id": .string(place.id), "run_name": .string(run.name),
        "user_id": .text(run.user), "start_time": .integer(run.startTime.milliseconds),
        "tags": .pairs([(key: MovingTag.key, value: run.id.hex)]),
      ]), isRepeatable: false)
    guard let id = made["run"]?["info"]?["run_id"]?.string else { throw client.odd("runs/create") }
    return id
  }

  private mutating func log(
    _ kind: MovedKind, _ names: [String], _ body: KeyValuePairs<String, JSON?>
  ) throws {
    do { try client.call("runs/log-batch", body) } catch MovingFailure.refused(_, 400, let message)
    {
      refuse(kind, names.joined(separator: ", ").prefix(60).description, message)
    }
  }

  static func metric(_ key: String, _ point: MetricPoint) -> JSON {
    .object([
      "key": .string(key), "value": .number(point.value),
      "timestamp": .integer(point.timestamp), "step": .integer(point.step),
    ])
  }

  private func log(_ datasets: [Dataset], of id: String) throws {
    guard !datasets.isEmpty else { return }
    let inputs = datasets.map { dataset -> JSON in
      let tags =
        (dataset.context.map { [(key: TrackingWords.dataContext, value: $0)] } ?? [])
        + dataset.tags.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
      return .object([
        "tags": .pairs(tags),
        "dataset": .object([
          "name": .string(dataset.name), "digest": .string(dataset.digest),
          "source_type": .string(dataset.sourceType), "source": .string(dataset.source),
          "schema": .text(dataset.schema), "profile": .text(dataset.profile),
        ]),
      ])
    }
    try client.call("runs/log-inputs", ["run_id": .string(id), "datasets": .array(inputs)])
  }

  // MARK: What is missing

  struct Missing {
    var params: [(key: String, value: String)] = []
    var tags: [(key: String, value: String)] = []
    var points: [MetricSeries] = []
    var datasets: [Dataset] = []
    var files: Set<String> = []
    var hasState = false
    var isEmpty: Bool {
      params.isEmpty && tags.isEmpty && points.isEmpty && datasets.isEmpty && files.isEmpty
        && !hasState
    }
  }

  func missing(of run: Run, beside held: ServerHolding.Held?) throws -> Missing {
    var missing = Missing()
    let params = held?.run.parameters ?? [:]
    missing.params = run.parameters.filter { params[$0.key] != $0.value }
      .sorted { $0.key < $1.key }
    let tags = held?.tags ?? [:]
    missing.tags = sent(run).filter { tags[$0.key] != $0.value }.sorted { $0.key < $1.key }
    for key in run.metrics.keys.sorted() {
      var points = try out.workspace.metricHistory(run.id, key: key)
      if let held, held.metricKeys.contains(key) {
        let there = try ServerHolding.history(held.id, key, client)
        points = points.filter { !there.contains($0) && !there.contains($0.bounded) }
      }
      if !points.isEmpty { missing.points.append(MetricSeries(key: key, points: points)) }
    }
    missing.datasets = run.datasets.filter { dataset in
      held?.run.datasets.contains { ($0.name, $0.digest) == (dataset.name, dataset.digest) } != true
    }
    missing.files = try missingFiles(run.artifacts, held?.run.files, tags)
    let end = held?.run.state?.endTime?.milliseconds
    missing.hasState =
      held?.run.state?.status != run.state.status || end != run.state.endTime?.milliseconds
      || held?.run.name != run.name
    return missing
  }

  /// A server says no more of a file than how long it is; which files went there a tag says.
  func missingFiles(
    _ artifacts: [Artifact], _ files: (any ForeignFiles)?, _ tags: [String: String]
  ) throws -> Set<String> {
    var sizes: [String: Int64] = [:]
    let went = tags[MovingTag.files]
    if !artifacts.isEmpty, went == nil || went == ServerExport.print(artifacts) {
      do { try files?.each { sizes[$0.path] = max(0, $0.byteCount) } } catch MovingFailure.notThere
      {}
    }
    return Set(
      artifacts.filter { $0.isHere && sizes[$0.path] != $0.byteCount }.map(\.path))
  }

  // MARK: Files

  /// Of the files that are here, their names and contents.
  static func print(_ artifacts: [Artifact]) -> String {
    let here = artifacts.filter(\.isHere).sorted { $0.path < $1.path }
    return ForeignKey.hashed("files", here.flatMap { [$0.path, $0.digest.hex] }).hex
  }

  /// - Parameter place: below which they go, as the server says; nil for a run, which is asked.
  mutating func upload(
    _ artifacts: [Artifact], of entity: EntityKey, name: String, _ missing: Set<String>,
    place: String?
  ) throws {
    guard !missing.isEmpty else { return }
    let root = try place ?? runPlace(name)
    guard root.hasPrefix("mlflow-artifacts:") else {
      let reason = "the server does not keep files itself: start it with --serve-artifacts"
      report.leave(Left(.files, "\(name): \(root)", reason: reason, count: missing.count))
      report.there[.files] -= missing.count
      return
    }
    let folder = String(ArtifactPlaces.path(root).drop { $0 == "/" })
    for artifact in artifacts where missing.contains(artifact.path) {
      let held = try out.workspace.heldArtifact(of: entity, path: artifact.path)
      let path = TrackingClient.escaped(folder + "/" + artifact.path, keeping: "/")
      try client.upload(
        "/api/2.0/mlflow-artifacts/artifacts/" + path, byteCount: held.byteCount
      ) {
        let reader = try out.workspace.contentReader(held)
        return { try reader.next() }
      }
    }
  }

  private func runPlace(_ id: String) throws -> String {
    try client.get(ServerExport.api + "runs/get", ["run_id": id])["run"]?["info"]?["artifact_uri"]?
      .string ?? ""
  }
}

extension MetricPoint {
  /// MLflow's database keeps an infinity as the greatest number.
  fileprivate var bounded: MetricPoint {
    guard value.isInfinite else { return self }
    let bound = Double.greatestFiniteMagnitude
    return MetricPoint(step: step, timestamp: timestamp, value: value < 0 ? -bound : bound)
  }
}
