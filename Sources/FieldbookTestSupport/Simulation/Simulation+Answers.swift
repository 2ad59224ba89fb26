import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace

/// What one replica tells people at the end, which the state hash does not cover.
struct Answers {
  let name: String
  /// Without the points, summaries are estimates.
  var lacksPoints: Bool
  var runs: [RunID: Run] = [:]
  var models: [ModelID: RegisteredModel] = [:]
  var traces: [(record: Trace?, spans: [TraceSpan])] = []
  var configs: [Config] = []
  /// Those of the configs' branch, and the files of the last.
  var commits: [GitObjectID] = []
  var files: [String: String] = [:]
  /// What the texts of each config in conflict would merge to.
  var merges: [ConfigID: String?] = [:]
}

extension Simulation {
  /// Asked once of each replica.
  func answers(of replica: Replica) throws -> Answers {
    let workspace = replica.workspace
    var told = Answers(
      name: replica.name, lacksPoints: try !workspace.missingChunkPayloads(limit: 1).isEmpty)
    for run in runs { told.runs[run] = try? workspace.run(run) }
    for model in models where told.models[model] == nil {
      told.models[model] = try? workspace.model(model)
    }
    for number in UInt64(1)...3 {
      let id = simulatedTrace(number)
      told.traces.append((try? workspace.trace(id), try workspace.spans(of: id)))
    }
    told.configs = try workspace.configs()
    let branch = try workspace.configCommits()
    told.commits = branch.map(\.commit)
    told.files = branch.last?.entry.files ?? [:]
    for config in told.configs where !config.conflicts.isEmpty {
      told.merges[config.id] = try workspace.store.inspect {
        try Workspace.merge(of: config.id, $0)
      }
    }
    return told
  }

  /// Invariant 1: whoever holds the same log says the same.
  func compare(_ one: Answers, with other: Answers) throws {
    let between = "\(one.name) and \(other.name)"
    func compare<Answer: Equatable>(_ name: String, _ one: Answer, _ other: Answer) throws {
      guard one != other else { return }
      let parts = zip(Mirror(reflecting: one).children, Mirror(reflecting: other).children)
      let apart = parts.map { ("\($0.label ?? "") \($0.value)", "\($1.value)") }
        .filter { !$0.0.hasSuffix(" " + $0.1) }
      throw broken(
        "1 equal heads, equal answers",
        "\(between) of \(name): \(apart.first ?? ("\(one)", "\(other)"))")
    }
    let isMissing = one.lacksPoints || other.lacksPoints
    for run in runs {
      var shown = [one.runs[run], other.runs[run]]
      if isMissing { for index in shown.indices { shown[index]?.metrics = [:] } }
      try compare("run \(run.hex)", shown[0], shown[1])
    }
    for (number, (mine, theirs)) in zip(one.traces, other.traces).enumerated() {
      try compare("trace \(number + 1)", mine.record, theirs.record)
      try compare("spans of trace \(number + 1)", mine.spans, theirs.spans)
    }
    try compare("configs", one.configs, other.configs)
    guard one.commits == other.commits else {
      throw broken("configs: equal logs, equal commits", between)
    }
    guard one.merges == other.merges else {
      throw broken("configs: equal logs, equal merges", between)
    }
    for model in Set(models) {
      try compare("model \(model.hex)", one.models[model], other.models[model])
    }
  }
}
