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
    try pages { token in
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

  func models() throws -> [RegisteredModel] {
    try pages { try workspace.models(ModelQuery(pageToken: $0)) }
  }

  private func pages<Item>(_ page: (String?) throws -> Page<Item>) throws -> [Item] {
    var items: [Item] = []
    var token: String?
    repeat {
      let next = try page(token)
      items += next.items
      token = next.nextPageToken
    } while token != nil
    return items
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
      tags[MovingTag.labels] = Outgoing.text(.array(run.labels.map(JSON.string)))
    }
    if !run.environment.isEmpty {
      tags[MovingTag.environment] = Outgoing.text(
        .object(
          run.environment.sorted { $0.key < $1.key }.map {
            JSON.Member(name: $0.key, value: .string($0.value))
          }))
    }
    if !run.comments.isEmpty {
      tags[MovingTag.comments] = Outgoing.text(
        .array(
          run.comments.map { comment in
            .object([
              "text": .string(comment.text), "author": .string(comment.author),
              "time": .string(comment.time.rfc3339),
            ])
          }))
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
      tags[MovingTag.conflict + conflict.field.text] = Outgoing.text(.array(sides))
    }
    return tags
  }

  private static func text(_ json: JSON) -> String { String(decoding: json.utf8, as: UTF8.self) }
}
