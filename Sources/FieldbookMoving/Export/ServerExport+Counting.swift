import FieldbookModel
import FieldbookWorkspace

// What is there after all: the server is asked again, and told nothing.
extension ServerExport {
  mutating func verify(_ experiment: Experiment, _ place: ServerExperiment) throws {
    guard let found = try ServerExperiment.all(client)[experiment.name] else { return }
    report.arrived[.experiments] += 1
    if experiment.lifecycle == .deleted, found.isDeleted { report.arrived[.deletions] += 1 }
    for (key, value) in out.tags(of: experiment) where found.tags[key] == value {
      report.arrived[key == TrackingWords.note ? .descriptions : .tags] += 1
    }
    let holding = try ServerHolding.read(found, client)
    try out.eachRun(of: experiment.id) { try verify($0, holding.runs[$0.id.key], found) }
    for model in try out.workspace.searchLoggedModels(experiments: [experiment.id], name: nil) {
      guard loggedModels[model.id] != nil else { continue }
      verify(model, holding.models[model.id])
    }
    try out.eachTrace(of: experiment) { try verify($0, holding.traces[$0.name]) }
  }

  private mutating func verify(
    _ run: Run, _ held: ServerHolding.Held?, _ place: ServerExperiment
  ) throws {
    let points = run.metrics.values.reduce(0) { $0 + $1.count }
    report.there[.points] += points
    guard let held else { return }
    let missing = try missing(of: run, beside: held)
    report.arrived[.runs] += 1
    report.arrived[.params] += run.parameters.count - missing.params.count
    let noted = missing.tags.count { $0.key == TrackingWords.note }
    report.arrived[.descriptions] += (run.description == nil ? 0 : 1) - noted
    report.arrived[.tags] += sentTagCount(run) - (missing.tags.count - noted)
    report.arrived[.metrics] += run.metrics.count - missing.points.count
    report.arrived[.points] += points - missing.points.reduce(0) { $0 + $1.points.count }
    report.arrived[.datasets] += run.datasets.count - missing.datasets.count
    report.arrived[.files] += run.artifacts.count { $0.isHere } - missing.files.count
    report.arrived[.links] += run.modelInputs.count { held.run.modelInputs.contains($0) }
    report.arrived[.links] += run.modelOutputs.count { held.run.modelOutputs.contains($0) }
    if run.lifecycle == .deleted, held.run.isDeleted || place.isDeleted {
      report.arrived[.deletions] += 1
    }
  }

  /// Its description aside.
  func sentTagCount(_ run: Run) -> Int { sent(run).keys.count { $0 != TrackingWords.note } }

  private mutating func verify(
    _ model: LoggedModel,
    _ held: (id: String, model: ForeignLoggedModel, tags: [String: String])?
  ) {
    guard let held else {
      // Deleted ones are not listed.
      guard model.lifecycle == .deleted else { return }
      for (kind, count) in counts(model) { report.arrived[kind] += count }
      return
    }
    report.arrived[.loggedModels] += 1
    report.arrived[.params] += model.parameters.count { held.model.parameters[$0.key] == $0.value }
    report.arrived[.tags] += sent(model).count { held.tags[$0.key] == $0.value }
    let there = Set(held.model.metrics.map { "\($0.key) \($0.point)" })
    report.arrived[.modelMetrics] += model.metrics.count { there.contains("\($0.key) \($0.point)") }
    let artifacts = (try? out.workspace.artifacts(of: model.id.key)) ?? []
    let missing = try? missingFiles(artifacts, held.model.files, held.tags)
    report.arrived[.files] += artifacts.count { $0.isHere && missing?.contains($0.path) == false }
  }

  /// What it counts as, its files aside.
  func counts(_ model: LoggedModel) -> [(MovedKind, Int)] {
    [
      (.loggedModels, 1), (.params, model.parameters.count), (.tags, sent(model).count),
      (.modelMetrics, model.metrics.count), (.deletions, model.lifecycle == .deleted ? 1 : 0),
    ]
  }

  private mutating func verify(_ trace: ForeignTrace, _ held: ForeignTrace?) throws {
    guard let held else { return }
    report.arrived[.traces] += 1
    let spans = Set(held.spans.map(StoredSpan.print))
    report.arrived[.spans] += trace.spans.count { spans.contains(StoredSpan.print($0)) }
    // It shows the beginnings of long values.
    report.arrived[.traceMetadata] += trace.metadata.count {
      held.metadata[$0.key].map($0.value.hasPrefix) == true
    }
    report.arrived[.tags] += trace.tags.count {
      held.tags[$0.key].map($0.value.hasPrefix) == true
    }
    report.arrived[.assessments] += trace.assessments.count { assessment in
      held.assessments.contains { $0.isLike(assessment) }
    }
    report.arrived[.traceLinks] += trace.links.intersection(held.links).count
    let files = try out.workspace.artifacts(of: trace.id.key).filter {
      trace.spans.isEmpty || $0.path != TraceFile.name
    }
    let missing = try missingFiles(files, held.files, [:])
    report.arrived[.files] += files.count { $0.isHere } - missing.count
  }
}
