import FieldbookModel

/// What a source holds, counted and not taken in. Files are listed and not read.
package enum Tally {
  /// - Parameter admits: what is counted; points go with their run. Nil for all, which the source then counts, too.
  package static func of(
    _ source: any Source, admits: ((Record) -> Bool)? = nil
  ) throws -> MoveReport {
    var report = MoveReport(source: source.title)
    var keys: Set<String> = []
    var isOurs = true
    try source.read { record in
      switch record {
      case .points, .endOfRun: if !isOurs { return }
      default:
        isOurs = admits?(record) ?? true
        if !isOurs { return }
      }
      switch record {
      case .experiment(let one):
        report.there[.experiments] += 1
        report.there[.tags] += one.tags.count
        report.there[.descriptions] += one.description == nil ? 0 : 1
        report.there[.deletions] += one.isDeleted ? 1 : 0
      case .run(let run): try count(run, in: &report)
      case .points(let series):
        keys.insert(series.key)
        report.there[.points] += Set(series.points).count
      case .endOfRun:
        report.there[.metrics] += keys.count
        keys = []
      case .loggedModel(let model):
        report.there[.loggedModels] += 1
        report.there[.params] += model.parameters.count
        report.there[.tags] += model.tags.count
        report.there[.modelMetrics] += Set(model.metrics).count
        report.there[.deletions] += model.isDeleted ? 1 : 0
        try count(model.files, of: model.id.modelText, in: &report)
      case .model(let model): count(model, in: &report)
      case .trace(let trace):
        report.there.count(trace)
        try count(trace.files, of: trace.name, in: &report)
      case .left(let one): report.leave(one)
      }
    }
    if admits == nil { report.there.raise(to: try source.census()) }
    report.noteBackwards()
    return report
  }

  private static func count(_ run: ForeignRun, in report: inout MoveReport) throws {
    report.there[.runs] += 1
    report.look(at: run)
    report.there[.params] += run.parameters.count
    report.there[.tags] += run.tags.count
    report.there[.descriptions] += run.description == nil ? 0 : 1
    report.there[.datasets] += run.datasets.count
    report.there[.links] += Set(run.modelInputs).count + run.modelOutputs.count
    report.there[.environment] += run.environment.count
    report.there[.labels] += Set(run.labels).count
    report.there[.deletions] += run.isDeleted ? 1 : 0
    try count(run.files, of: run.id, in: &report)
  }

  private static func count(_ model: ForeignModel, in report: inout MoveReport) {
    report.there[.models] += 1
    report.there[.versions] += model.versions.count
    report.there[.aliases] += model.aliases.count
    for (tags, description) in [(model.tags, model.description)]
      + model.versions.map({ ($0.tags, $0.description) })
    {
      report.there[.tags] += tags.count
      report.there[.descriptions] += description == nil ? 0 : 1
    }
    report.there[.stages] += model.versions.count { $0.stage != nil && $0.stage != "None" }
  }

  private static func count(
    _ files: (any ForeignFiles)?, of owner: String, in report: inout MoveReport
  ) throws {
    do { try files?.each { _ in report.there[.files] += 1 } } catch MovingFailure.notThere(
      let place)
    {
      report.leave(
        Left(.files, "\(owner): \(place)", reason: "their place cannot be reached"))
    }
  }
}

extension Census {
  /// Its files aside.
  mutating func count(_ trace: ForeignTrace) {
    self[.traces] += 1
    self[.spans] += trace.spans.count
    self[.traceMetadata] += trace.metadata.count
    self[.tags] += trace.tags.count
    self[.assessments] += trace.assessments.count
    self[.traceLinks] += trace.links.count
  }
}
