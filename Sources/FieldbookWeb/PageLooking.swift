import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

/// What the page shows: the documents that the command line prints with `--json`.
struct PageLooking: Sendable {
  let workspace: Workspace
  let version: String
  /// A hub's page changes nothing.
  let isOfHub: Bool

  static let hubChangesNothing =
    "a hub's page changes nothing: what you decide is signed by your device"
  static let hubChangesNothingHint = "change it on your own replica: fieldbook server"

  /// - Parameter viewer: who looks at a hub's page; nil where whoever looks is the device.
  func status(viewer: PageSessions.Viewer?) throws -> JSON {
    let glance = try workspace.glance()
    let told = try viewer.map { try describe($0) }
    return [
      // Of the events' words those which tell of nothing newer than this.
      "moment": .string(glance.pulse.records), "contacts": .string(glance.pulse.contacts),
      "contents": .string(glance.pulse.contents),
      "workspace": [
        "id": .string(workspace.id.hex), "name": .string(glance.workspaceName),
      ],
      "device": [
        "id": .string(glance.device.key.id), "name": .string(glance.device.name),
        "role": .string(glance.device.role.rawValue), "pending": .bool(glance.role == nil),
      ],
      "user": .string(glance.device.owner), "version": .string(version),
      "can_write": .bool(!isOfHub && glance.role != .reader),
      "why_not": .optional(whyNot(glance.role)), "viewer": told ?? .null,
      "unsent_ops": .count(glance.unsentOps), "open_points": .count(glance.openPoints),
      "conflicts": [
        "total": .count(glance.conflicts.total), "blocking": .count(glance.conflicts.blocking),
      ],
      "remotes": .array(glance.remotes.map(\.json)),
    ]
  }

  private func whyNot(_ role: Role?) -> String? {
    if isOfHub { return PageLooking.hubChangesNothing }
    return role == .reader ? "this device is a reader: it records nothing" : nil
  }

  private func describe(_ viewer: PageSessions.Viewer) throws -> JSON {
    let device = try workspace.devices().first { $0.key == viewer.device }
    return [
      "device": .string(device?.name ?? viewer.device.id), "owner": .string(device?.owner ?? ""),
      "role": .string(viewer.role.rawValue), "until": .time(Timestamp(milliseconds: viewer.until)),
    ]
  }

  func experiments() throws -> JSON {
    let all = try Page.all { try workspace.experiments(ExperimentQuery(pageToken: $0)) }
    return ["experiments": .array(all.map(\.json))]
  }

  func runs(_ question: PageQuestion) throws -> JSON {
    let experiments = try question.text("experiment").map {
      [try workspace.experiment(named: $0).id]
    }
    let limit = Int(try question.integer("limit") ?? 200)
    guard (1...PageQuestion.runsMax).contains(limit) else {
      throw PageFailure(.badRequest, "limit has to be from 1 to \(PageQuestion.runsMax)")
    }
    let first = Int(try question.integer("offset") ?? 0)
    guard (0...PageQuestion.offsetMax).contains(first) else {
      throw PageFailure(.badRequest, "offset has to be from 0 to \(PageQuestion.offsetMax)")
    }
    let query = RunQuery(
      experiments: experiments, filter: try question.text("filter") ?? "",
      orderBy: try question.texts("order_by", most: 16),
      view: try question.flag("deleted") ? .deleted : .active, limit: limit,
      pageToken: try question.text("page_token")
        ?? (first > 0 ? Workspace.pageToken(at: first) : nil), isExtended: true)
    let page = try workspace.runs(query)
    let vanished = Vanished.among(page.items, in: workspace)
    let had = try question.revisions("have")
    var told: JSON = [
      "runs": .array(
        page.items.map { run in
          RunRow.told(run.json(isVanished: vanished.contains(run.id)), of: run.id, had: had)
        }),
      "next_page_token": .optional(page.nextPageToken),
    ]
    if try query.pageToken == nil || question.flag("count") {
      let isAll = query.pageToken == nil && page.nextPageToken == nil
      let total = try isAll ? page.items.count : workspace.runCount(query)
      told = told.adding(["total": .count(total)])
    }
    return told
  }

  /// What runs have that a column, or a filter, can name.
  func columns() throws -> JSON {
    let names = try workspace.recordedNames()
    return [
      "params": .strings(names.parameters), "metrics": .strings(names.metrics),
      "tags": .strings(names.tags),
    ]
  }

  func run(_ id: RunID) throws -> JSON {
    let run = try workspace.run(id)
    return run.json(isVanished: Vanished.check(run, in: workspace))
  }

  func history(_ id: RunID) throws -> JSON {
    _ = try workspace.run(id)
    return ["entries": .array(try workspace.history(id.key, field: nil).map(\.json))]
  }

  func audit(_ id: RunID) throws -> JSON { try workspace.audit(id).json }

  func comparison(_ question: PageQuestion) throws -> JSON {
    let asked = try question.texts("runs", most: PageQuestion.comparedMax)
    guard asked.count >= 2 else { throw PageFailure(.badRequest, "compare at least two runs") }
    return Comparison(
      runs: try asked.map { try workspace.run(PageQuestion.run($0)) }
    ).json
  }

  func models() throws -> JSON {
    let all = try Page.all { try workspace.models(ModelQuery(pageToken: $0)) }
    return ["models": .array(all.map(\.json))]
  }

  func model(_ name: String) throws -> JSON {
    let model = try workspace.model(named: name)
    let leases = try workspace.leasedNumbers(of: model.id)
    return model.json.adding(["leases": .array(leases.map(\.json))])
  }
}
