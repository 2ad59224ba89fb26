import FieldbookDocuments
import FieldbookModel

/// One column of a list of runs.
enum RunColumn: Equatable {
  case id, name, experiment, status, started, took, user, device, labels, parent, description
  case commit, conflicts
  case parameter(String)
  case metric(String)
  case tag(String)

  static let attributes = [
    "id", "name", "experiment", "status", "started", "took", "user", "device", "labels", "parent",
    "description", "commit", "conflicts",
  ]

  init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count) {
    case ("params", 2), ("param", 2): self = .parameter(parts[1])
    case ("metrics", 2), ("metric", 2): self = .metric(parts[1])
    case ("tags", 2), ("tag", 2): self = .tag(parts[1])
    default:
      let known: [RunColumn] = [
        .id, .name, .experiment, .status, .started, .took, .user, .device, .labels, .parent,
        .description, .commit, .conflicts,
      ]
      guard let index = RunColumn.attributes.firstIndex(of: text) else { return nil }
      self = known[index]
    }
  }

  /// What is worth a column when nobody chose: an experiment that is the same everywhere is not.
  static func usual(_ runs: [Run]) -> [RunColumn] {
    var columns: [RunColumn] = [.id, .name]
    if Set(runs.map(\.experiment)).count > 1 { columns.append(.experiment) }
    columns += [.status, .started]
    if runs.contains(where: { !$0.conflicts.isEmpty }) { columns.append(.conflicts) }
    return columns
  }

  /// Metrics by how many of the runs have them, then by name; the machine's own readings left out.
  static func commonMetrics(_ runs: [Run]) -> [RunColumn] {
    var counts: [String: Int] = [:]
    for run in runs {
      for key in run.metrics.keys where !key.hasPrefix("system/") { counts[key, default: 0] += 1 }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { .metric($0.key) }
  }

  var heading: Table.Column {
    switch self {
    case .parameter(let key), .tag(let key): .init(key)
    case .metric(let key): .init(key, isRightAligned: true, shrinks: false)
    case .id: .init("id", shrinks: false)
    case .started: .init("started", shrinks: false)
    case .took: .init("took", isRightAligned: true, shrinks: false)
    case .name: .init("name")
    case .experiment: .init("experiment")
    case .status: .init("status", shrinks: false)
    case .user: .init("user")
    case .device: .init("device")
    case .labels: .init("labels")
    case .parent: .init("parent", shrinks: false)
    case .description: .init("description")
    case .commit: .init("commit", shrinks: false)
    case .conflicts: .init("conflicts", isRightAligned: true, shrinks: false)
    }
  }

  func cell(_ run: Run, ids: ShortIDs, isVanished: Bool, now: Timestamp) -> Phrase {
    switch self {
    case .id: Phrase(ids(run.id.hex), .faint)
    case .name:
      Phrase(run.name, .bold) + (run.lifecycle == .deleted ? Phrase(" (deleted)", .red) : "")
    case .experiment: Phrase(run.experimentName)
    case .status: run.statusPhrase(isVanished: isVanished)
    case .started: Phrase(Wording.ago(run.startTime, now: now))
    case .took: Phrase(run.durationMilliseconds.map { Wording.duration(milliseconds: $0) } ?? "")
    case .user: Phrase(run.user ?? "")
    case .device: Phrase(run.device)
    case .labels: Phrase(run.labels.joined(separator: ", "))
    case .parent: Phrase(run.parent.map { ShortIDs.one($0.hex) } ?? "")
    case .description: run.description.map { Wording.brief($0) } ?? ""
    case .commit: Phrase(RunSource(run.environment).gitCommit.map(ShortIDs.one) ?? "")
    case .conflicts:
      Phrase(run.conflicts.isEmpty ? "" : String(run.conflicts.count), .yellow)
    case .parameter(let key): run.parameters[key].map { Wording.brief($0) } ?? ""
    case .tag(let key): run.tags[key].map { Wording.brief($0) } ?? ""
    case .metric(let key):
      Phrase(run.metrics[key].map { Wording.number($0.last.value) } ?? "")
    }
  }
}
