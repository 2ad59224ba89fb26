import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Writes a workspace to a tracking server, through what its REST API can say. Again, it writes what is missing there.
///
/// No call can give a run, a logged model or a version its id, its number or the time of its making: tags say them
/// (`MovingTag`), by which this finds them again and an import reads them back. Order: experiments, runs, logged models, what
/// ties them, registered models, traces, and deletions last, so that what is broken off goes on.
package struct ServerExport {
  let out: Outgoing
  let client: TrackingClient
  private let only: Set<String>?
  private let tell: (Census) -> Void
  var report: MoveReport
  /// Ids there, of runs and logged models here.
  var runs: [EntityKey: String] = [:]
  var loggedModels: [LoggedModelID: String] = [:]
  /// Of each experiment, what is there by its key here.
  var known: [ExperimentID: ServerHolding] = [:]
  /// By name.
  var experimentIDs: [String: ExperimentID] = [:]

  static let api = "/api/2.0/mlflow/"

  /// - Parameter only: names of experiments; nil for all, and registered models.
  package static func run(
    _ workspace: Workspace, to client: TrackingClient, only: Set<String>? = nil,
    tell: @escaping (Census) -> Void = { _ in }
  ) throws -> MoveReport {
    var export = ServerExport(
      out: try Outgoing(workspace), client: client, only: only, tell: tell,
      report: MoveReport(source: client.base))
    try export.write()
    return export.report
  }

  private init(
    out: Outgoing, client: TrackingClient, only: Set<String>?, tell: @escaping (Census) -> Void,
    report: MoveReport
  ) {
    self.out = out
    self.client = client
    self.only = only
    self.tell = tell
    self.report = report
  }

  private mutating func write() throws {
    let experiments = try out.experiments().filter { only?.contains($0.name) ?? true }
    for name in only ?? [] where !experiments.contains(where: { $0.name == name }) {
      throw WorkspaceFailure.notFound(what: "experiment", reference: name)
    }
    let there = try ServerExperiment.all(client)
    var places: [(experiment: Experiment, place: ServerExperiment)] = []
    for experiment in experiments {
      places.append((experiment, try write(experiment, there[experiment.name])))
    }
    for (experiment, place) in places {
      known[experiment.id] = try ServerHolding.read(place, client)
      for run in try ordered(experiment) {
        try write(run, place)
        tell(report.there)
      }
    }
    for (experiment, place) in places {
      for model in try out.workspace.searchLoggedModels(experiments: [experiment.id], name: nil) {
        try write(model, place)
      }
      for run in try ordered(experiment) { try tie(run, place) }
    }
    if only == nil { for model in try out.models() { try write(model) } }
    for (experiment, place) in places {
      try out.eachTrace(of: experiment) { try write($0, place) }
      report.leaveDeletedTraces(try out.deletedTraces(of: experiment.id))
    }
    for (experiment, place) in places { try delete(experiment, place) }
    for (experiment, place) in places { try verify(experiment, place) }
  }

  /// Runs with all they have, parents before their children.
  func ordered(_ experiment: Experiment) throws -> [Run] {
    var all: [Run] = []
    try out.eachRun(of: experiment.id) { all.append($0) }
    var waiting = Dictionary(grouping: all) { $0.parent }
    let ids = Set(all.map(\.id))
    var ready = all.filter { run in run.parent.map { !ids.contains($0) } ?? true }
    var found: [Run] = []
    var taken: Set<RunID> = []
    while let run = ready.popLast() {
      guard taken.insert(run.id).inserted else { continue }
      found.append(run)
      ready += waiting.removeValue(forKey: run.id) ?? []
    }
    // Runs that are each other's parents.
    return found + all.filter { !taken.contains($0.id) }
  }

  // MARK: Experiments

  private mutating func write(
    _ experiment: Experiment, _ known: ServerExperiment?
  ) throws -> ServerExperiment {
    var tags = out.tags(of: experiment)
    report.there[.experiments] += 1
    report.there[.tags] += tags.count - (experiment.description == nil ? 0 : 1)
    report.there[.descriptions] += experiment.description == nil ? 0 : 1
    report.there[.deletions] += experiment.lifecycle == .deleted ? 1 : 0
    if experiment.name != Experiment.defaultName {
      tags[MovingTag.created] = String(experiment.createdTime.milliseconds)
    }
    experimentIDs[experiment.name] = experiment.id
    var place: ServerExperiment
    if let known {
      place = known
    } else {
      let made = try client.post(
        Self.api + "experiments/create", .object(["name": .string(experiment.name)]),
        isRepeatable: false)
      guard let id = made["experiment_id"]?.string else { throw client.odd("experiments/create") }
      place = ServerExperiment(id: id, name: experiment.name)
    }
    // What is deleted on both sides came whole, for that was its end.
    if place.isDeleted, experiment.lifecycle == .active {
      try client.call("experiments/restore", ["experiment_id": .string(place.id)])
      place.isDeleted = false
    }
    guard !place.isDeleted else { return place }
    for (key, value) in tags.sorted(by: { $0.key < $1.key }) where place.tags[key] != value {
      try sending(.tags, "\(experiment.name): \(key)") { client in
        try client.call(
          "experiments/set-experiment-tag",
          ["experiment_id": .string(place.id), "key": .string(key), "value": .string(value)])
      }
    }
    return place
  }

  // MARK: Deleting

  private mutating func delete(_ experiment: Experiment, _ place: ServerExperiment) throws {
    guard !place.isDeleted else { return }
    let models = try out.workspace.searchLoggedModels(experiments: [experiment.id], name: nil)
    for model in models where model.lifecycle == .deleted {
      guard let id = loggedModels[model.id] else { continue }
      try client.delete(Self.api + "logged-models/" + id)
    }
    for run in try ordered(experiment) where run.lifecycle == .deleted {
      guard let id = runs[run.id.key] else { continue }
      try client.call("runs/delete", ["run_id": .string(id)])
    }
    if experiment.lifecycle == .deleted {
      try client.call("experiments/delete", ["experiment_id": .string(place.id)])
    }
  }

  /// What the server does not take is named, and the rest goes on.
  ///
  /// - Returns: false if it was refused.
  @discardableResult
  mutating func sending(
    _ kind: MovedKind, _ name: String, _ body: (TrackingClient) throws -> Void
  ) throws -> Bool {
    do {
      try body(client)
      return true
    } catch MovingFailure.refused(_, 400, let message) {
      refuse(kind, name, message)
      return false
    }
  }

  /// It was counted with its thing.
  mutating func refuse(_ kind: MovedKind, _ name: String, _ message: String) {
    report.leave(Left(kind, name, reason: "the server refuses it: \(message.prefix(120))"))
    report.there[kind] -= 1
  }
}

extension TrackingClient {
  func call(_ path: String, _ body: KeyValuePairs<String, JSON?>) throws {
    _ = try post(ServerExport.api + path, .object(body))
  }

  func odd(_ path: String) -> MovingFailure {
    .refused(url: base + ServerExport.api + path, status: 200, message: "an answer without an id")
  }
}

extension Array {
  /// In slices of at most so many.
  func sliced(_ count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}

extension JSON {
  static func object(texts: [String: String]) -> JSON {
    .object(texts.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) })
  }

  var text: String { String(decoding: utf8, as: UTF8.self) }

  static func pairs(_ entries: some Sequence<(key: String, value: String)>) -> JSON {
    .array(entries.map { .object(["key": .string($0.key), "value": .string($0.value)]) })
  }
}
