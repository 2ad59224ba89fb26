import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// The laws of merging: whatever the order and the batches in which segments arrive, the state is the same.
@Suite("Convergence")
struct ConvergenceTests {
  /// What one replica does to the shared run, experiment or model; one for each kind of field.
  enum Action: String, CaseIterable, Sendable {
    case tag, untag, parameter, description, status, label, unlabel, comment, artifact, dataset,
      metrics
    case delete, restore, rename, alias, number, newRun, move

    func perform(_ workspace: Workspace, _ shared: Shared, _ value: String) throws {
      let run = shared.run
      switch self {
      case .tag: try workspace.setTag(run.key, EntryKey("t"), value, durability: .script)
      case .untag: try workspace.setTag(run.key, EntryKey("t"), nil, durability: .script)
      case .parameter:
        try workspace.logBatch(
          run, parameters: [(EntryKey("p"), value)], metrics: [], tags: [], durability: .script)
      case .description: try workspace.setDescription(run.key, value, durability: .script)
      case .status:
        try workspace.setState(
          run, RunState(status: .failed, endTime: Timestamp(milliseconds: Int64(value.utf8.count))),
          durability: .script)
      case .label: try workspace.addLabels(run, ["good"])
      case .unlabel: try? workspace.removeLabels(run, ["good"])
      case .comment: try workspace.addComment(run, value)
      case .artifact: _ = try workspace.putArtifact(run, path: "a.txt", bytes: Array(value.utf8))
      case .dataset:
        try workspace.addDatasets(
          run,
          [
            Dataset(
              name: "d", digest: "x", sourceType: "local", source: value, schema: nil, profile: nil,
              context: nil)
          ], durability: .script)
      case .metrics:
        let points = (0..<3).map {
          MetricPoint(step: $0, timestamp: 5, value: Double(value.utf8.count + Int($0)))
        }
        try workspace.logBatch(
          run, parameters: [], metrics: [MetricSeries(key: "m", points: points)], tags: [],
          durability: .script)
      case .delete: try workspace.delete(run.key, durability: .script)
      case .restore: try workspace.restore(run.key, durability: .script)
      case .rename:
        try workspace.rename(shared.experiment.key, to: "name \(value)", durability: .script)
      case .alias:
        let version = try workspace.createVersion(
          of: shared.model, source: value, run: nil, description: nil, tags: [:],
          durability: .script)
        try workspace.setAlias(shared.model, "champion", version.id, durability: .script)
      case .number: try workspace.performHubDuties()
      case .newRun:
        _ = try workspace.createRun(RunDraft(experiment: shared.experiment), durability: .script)
      case .move:
        let target = try workspace.ensureExperiment(named: "exp \(value)", durability: .script)
        try workspace.moveRun(run, to: target, durability: .script)
      }
    }
  }

  struct Shared {
    let experiment: ExperimentID
    let run: RunID
    let model: ModelID
  }

  /// Three replicas with a shared run, and an untouched fourth whose folder is copied for every order.
  struct Stage {
    let folder: TemporaryFolder
    let team: [Workspace]
    let shared: Shared
    let observer: String

    init(seed: UInt64) throws {
      folder = try TemporaryFolder()
      team = try TestMachine.team(
        ["r0", "r1", "r2", "observer"], root: folder.path, clock: ManualClock(), seed: seed,
        founderIsHub: true)
      let experiment = try team[0].createExperiment(named: "exp", durability: .script)
      let run = try team[0].createRun(RunDraft(experiment: experiment), durability: .script)
      try team[0].addLabels(run, ["good"])
      try team[0].setTag(run.key, EntryKey("t"), "base", durability: .script)
      let model = try team[0].createModel(
        named: "model", description: nil, tags: [:], durability: .script)
      shared = Shared(experiment: experiment, run: run, model: model)
      try TestMachine.quiesce(team)
      observer = team[3].dir
      try team[3].close()
    }

    /// State hash after these segments have arrived in this order, each alone or all at once.
    func state(after segments: [EncodedSegment], atOnce: Bool, copy: Int) throws -> String {
      let dir = folder.path + "/copy\(copy)"
      try FileManager.default.copyItem(atPath: observer, toPath: dir)
      defer { try? FileManager.default.removeItem(atPath: dir) }
      let replica = try Workspace.open(dir, environment: team[3].environment)
      for batch in atOnce ? [segments] : segments.map({ [$0] }) {
        _ = try replica.apply(batch, from: "test")
      }
      let hash = try replica.store.inspect { try $0.stateHash() }
      if let wrong = try replica.store.inspect({ try $0.checkInvariants() }) {
        throw TestFailure(wrong)
      }
      try replica.close()
      return hash
    }

    /// Segments written since the observer was left behind.
    func news() throws -> [EncodedSegment] {
      let known = try Set(
        Workspace.open(observer, environment: team[3].environment).store.inspect {
          try $0.segmentHashes()
        })
      var seen = known
      return try team.dropLast().flatMap { member in
        try member.segments(notIn: [], maxBytes: .max, after: nil).segments
          .filter { seen.insert($0.hash).inserted }
      }
    }
  }

  @Test(
    "every pair of field kinds, concurrent, in every order of delivery", arguments: Action.allCases)
  func pairs(first: Action) throws {
    for second in Action.allCases where second.rawValue >= first.rawValue {
      let stage = try Stage(seed: 3)
      try first.perform(stage.team[0], stage.shared, "a")
      try stage.team[0].seal()
      try second.perform(stage.team[1], stage.shared, "bb")
      try stage.team[1].seal()
      // The third has seen the second's change, but not the first's.
      try TestMachine.give(stage.team[1], to: stage.team[2])
      try? first.perform(stage.team[2], stage.shared, "ccc")
      try stage.team[2].seal()
      try checkAllOrders(stage, "\(first) and \(second)")
    }
  }

  @Test("five changes of one register from three replicas, in all 120 orders")
  func five() throws {
    let stage = try Stage(seed: 5)
    let tag = Action.tag
    for (who, value) in [(0, "a"), (1, "b"), (2, "c")] {
      try tag.perform(stage.team[who], stage.shared, value)
      try stage.team[who].seal()
    }
    try TestMachine.give(stage.team[0], to: stage.team[1])
    try tag.perform(stage.team[1], stage.shared, "ab")
    try stage.team[1].seal()
    try tag.perform(stage.team[2], stage.shared, "cc")
    try stage.team[2].seal()
    try checkAllOrders(stage, "five tags")
  }

  private func checkAllOrders(_ stage: Stage, _ what: String) throws {
    let news = try stage.news()
    var hashes: Set<String> = []
    for (index, order) in permutations(news).enumerated() {
      hashes.insert(try stage.state(after: order, atOnce: index.isMultiple(of: 2), copy: index))
    }
    #expect(hashes.count == 1, "\(what): \(hashes.count) states from \(news.count) segments")
  }

  private func permutations<Item>(_ items: [Item]) -> [[Item]] {
    guard items.count > 1 else { return [items] }
    return items.indices.flatMap { index in
      var rest = items
      let head = rest.remove(at: index)
      return permutations(rest).map { [head] + $0 }
    }
  }
}
