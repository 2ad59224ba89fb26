import FieldbookModel
import FieldbookWorkspace

enum RunEndpoints {
  static let all: [Endpoint] = [
    .post("runs/create", RunCreation.create),
    .get("runs/get", get),
    .post("runs/update", update),
    .post("runs/delete", delete),
    .post("runs/restore", restore),
    .post("runs/search", search),
    .get("artifacts/list", listArtifacts),
  ]

  @Sendable static func get(_ tracker: Tracker, _ call: Call) throws -> JSON {
    .object(["run": try tracker.run(try tracker.runID(call.fields)).answer])
  }

  @Sendable static func update(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let run = try tracker.activeRun(try tracker.runID(fields))
    let status = try fields.runStatus("status")
    let endTime = try fields.integer("end_time")
    if status != nil || endTime != nil {
      let status = status ?? run.state.status
      // A run that was ended and goes on has no end.
      let kept = status.isFinal ? run.state.endTime : nil
      let state = RunState(
        status: status, endTime: endTime.map(Timestamp.init(milliseconds:)) ?? kept)
      if state != run.state {
        try tracker.workspace.setState(run.id, state, durability: .script)
      }
    }
    if let name = try fields.text("run_name"), !name.isEmpty, name != run.name {
      try tracker.workspace.rename(run.id.key, to: name, durability: .script)
    }
    return .object(["run_info": try tracker.run(run.id).infoAnswer])
  }

  @Sendable static func delete(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let run = try tracker.run(try tracker.runID(call.fields))
    if run.lifecycle == .active {
      try tracker.workspace.delete(run.id.key, durability: .script)
    }
    return .object([:])
  }

  @Sendable static func restore(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let run = try tracker.run(try tracker.runID(call.fields))
    if run.lifecycle == .deleted {
      try tracker.workspace.restore(run.id.key, durability: .script)
    }
    return .object([:])
  }

  @Sendable static func search(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let limit = try fields.integer("max_results") ?? 1000
    guard limit <= 50_000 else { throw fields.tooMany(limit) }
    let checked = try PageLimit.checked(limit, atMost: 50_000)
    let experiments = try tracker.knownExperiments(try fields.texts("experiment_ids"))
    let page = try tracker.workspace.runs(
      RunQuery(
        experiments: experiments, filter: try fields.filter(),
        orderBy: try fields.texts("order_by"), view: try fields.lifecycleView("run_view_type"),
        limit: checked, pageToken: try fields.pageToken()))
    return .object([
      "runs": .list(page.items.map(\.answer)), "next_page_token": .text(page.nextPageToken),
    ])
  }

  @Sendable static func listArtifacts(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let run = try tracker.run(try tracker.runID(call.fields))
    let folder = try call.fields.text("path") ?? ""
    try ArtifactPath.check(folder)
    return .object([
      "root_uri": .string(run.artifactRoot.uri),
      "files": .list(ArtifactFolder.list(run.artifacts, asked: folder)),
    ])
  }
}

extension Fields {
  func runStatus(_ name: String) throws(MLflowError) -> RunStatus? {
    guard let value = self[name] else { return nil }
    switch value {
    case .string(let text):
      if let status = RunStatus(rawValue: text) { return status }
    case .integer(let number):
      // MLflow's numbers of the states, from 1.
      let statuses: [RunStatus] = [.running, .scheduled, .finished, .failed, .killed]
      if (1...5).contains(number) { return statuses[Int(number) - 1] }
    default: break
    }
    throw .invalid(Fields.invalidValue(name, value, "It is none of the states of a run."))
  }
}
