import FieldbookModel
import FieldbookWorkspace
import Foundation

/// Things of a workspace as MLflow can hold them; what it has no place for goes along as tags.
struct Outgoing {
  let workspace: Workspace
  private let conflicts: [EntityKey: [Conflict]]

  init(_ workspace: Workspace) throws {
    self.workspace = workspace
    conflicts = Dictionary(grouping: try workspace.conflicts(), by: \.entity.key)
  }

  /// Deleted ones too.
  func experiments() throws -> [Experiment] {
    try Page.all { token in
      try workspace.experiments(ExperimentQuery(view: .all, pageToken: token))
    }
  }

  func eachRun(of experiment: ExperimentID, _ body: (Run) throws -> Void) throws {
    var token: String?
    repeat {
      let page = try workspace.runs(
        RunQuery(experiments: [experiment], view: .all, limit: 200, pageToken: token))
      for run in page.items { try body(try workspace.run(run.id)) }
      token = page.nextPageToken
    } while token != nil
  }

  /// Those that are not deleted: other trackers know no deleted traces.
  func eachTrace(of experiment: Experiment, _ body: (ForeignTrace) throws -> Void) throws {
    try eachPage { token in
      let page = try workspace.traces(
        TraceQuery(experiments: [experiment.id], limit: 200, pageToken: token))
      for trace in page.items { try body(try foreign(trace, experiment.name)) }
      return page.nextPageToken
    }
  }

  func deletedTraces(of experiment: ExperimentID) throws -> Int {
    var count = 0
    try eachPage { token in
      let page = try workspace.traces(
        TraceQuery(experiments: [experiment], view: .deleted, limit: 500, pageToken: token))
      count += page.items.count
      return page.nextPageToken
    }
    return count
  }

  private func eachPage(_ page: (String?) throws -> String?) throws {
    var token: String?
    repeat { token = try page(token) } while token != nil
  }

  private func foreign(_ trace: Trace, _ experiment: String) throws -> ForeignTrace {
    var out = ForeignTrace(name: trace.name, experiment: experiment)
    out.requestTime = trace.requestTime.milliseconds
    out.duration = trace.duration
    out.state = trace.state
    out.requestPreview = trace.requestPreview
    out.responsePreview = trace.responsePreview
    out.clientRequest = trace.clientRequestID
    out.metadata = trace.metadata
    out.tags = trace.tags.merging(conflictTags(of: trace.id.key)) { first, _ in first }
    out.assessments = trace.assessments
    out.links = try workspace.links(of: trace.id)
    out.settle()
    if let file = try workspace.artifacts(of: trace.id.key).first(where: {
      $0.path == TraceFile.name && $0.isHere && $0.byteCount <= TraceFiles.bytes
    }) {
      var bytes: [UInt8] = []
      try workspace.readVerified(file) { bytes += $0 }
      // One that is another program's own file stays among the files.
      try? out.addSpans(bytes)
    }
    for span in try workspace.spans(of: trace.id) { try out.add(StoredSpan(span)) }
    return out
  }

  func models() throws -> [RegisteredModel] {
    try Page.all { try workspace.models(ModelQuery(pageToken: $0)) }
  }

  // MARK: Tags

  func tags(of experiment: Experiment) -> [String: String] {
    var tags = experiment.tags
    tags[TrackingWords.note] = experiment.description
    return tags.merging(conflictTags(of: experiment.id.key)) { first, _ in first }
  }

  func tags(of run: Run) -> [String: String] {
    var tags = run.tags
    tags[TrackingWords.runName] = run.name
    tags[TrackingWords.note] = run.description
    if let user = run.user, tags[TrackingWords.user] == nil { tags[TrackingWords.user] = user }
    if let parent = run.parent, tags[TrackingWords.parentRun] == nil {
      tags[TrackingWords.parentRun] = parent.hex
    }
    if !run.labels.isEmpty {
      tags[MovingTag.labels] = JSON.array(run.labels.map(JSON.string)).text
    }
    if !run.environment.isEmpty {
      tags[MovingTag.environment] = JSON.object(texts: run.environment).text
    }
    if !run.comments.isEmpty {
      let comments = run.comments.map { comment in
        JSON.object([
          "text": .string(comment.text), "author": .string(comment.author),
          "time": .string(comment.time.rfc3339),
        ])
      }
      tags[MovingTag.comments] = JSON.array(comments).text
    }
    return tags.merging(conflictTags(of: run.id.key)) { first, _ in first }
  }

  func tags(of version: ModelVersion) -> [String: String] {
    var tags = version.tags
    tags[MovingTag.key] = version.id.hex
    return tags.merging(conflictTags(of: version.id.key)) { first, _ in first }
  }

  /// Of each field in conflict all values that stand; the shown one goes to its place.
  func conflictTags(of entity: EntityKey) -> [String: String] {
    var tags: [String: String] = [:]
    for conflict in conflicts[entity] ?? [] where conflict.kind != .clone {
      let sides = conflict.sides.map { side in
        JSON.object([
          "value": side.value.map(JSON.string) ?? .null, "author": .string(side.author),
          "time": .string(side.time.rfc3339),
        ])
      }
      tags[MovingTag.conflict + conflict.field.text] = JSON.array(sides).text
    }
    return tags
  }

}
