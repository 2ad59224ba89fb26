import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace

/// A small history of a hub and a laptop, the same each time: what the seeds of most targets are
/// taken from.
struct Samples: Sendable {
  let team: Team
  let run: RunID
  let model: ModelID
  let loggedModel: LoggedModelID
  let segments: [EncodedSegment]

  init() throws {
    team = try Team(["hub", "ana"])
    let ana = team.ana
    let experiment = try ana.ensureExperiment(named: "digits", durability: .script)
    run = try ana.createRun(
      RunDraft(experiment: experiment, name: "first", parameters: [EntryKey("lr"): "0.1"]),
      durability: .script)
    try ana.logBatch(
      run, parameters: [(EntryKey("depth"), "3")], metrics: Samples.series,
      tags: [(EntryKey("stage"), "try")],
      durability: .script)
    _ = try ana.putArtifact(run, path: "model/weights.bin", bytes: Array("weights".utf8))
    model = try ana.createModel(
      named: "churn", description: "who leaves", tags: [:], durability: .script)
    let version = try ana.createVersion(
      of: model, source: "runs:/x", run: run, description: nil, tags: [:], durability: .script)
    try ana.setAlias(model, "champion", version.id, durability: .script)
    loggedModel = try ana.createLoggedModel(
      experiment: experiment, name: "net", sourceRun: run, modelType: nil, parameters: [],
      tags: [], durability: .script)
    let gone = try ana.newRun("gone", durability: .script)
    try ana.delete(gone.key, durability: .script)
    try TestMachine.exchange(ana, team.hub)
    segments = try team.hub.segments(notIn: [], maxBytes: 1 << 20, after: nil).segments
  }

  static let series = ["loss", "acc", "odd"].enumerated().map { index, key in
    MetricSeries(
      key: key,
      points: (0..<12).map { step in
        let value = index == 2 ? [.nan, -.infinity, -0.0][step % 3] : 1 / Double(step + 2)
        return MetricPoint(
          step: Int64(step), timestamp: 1_763_697_600_000 + Int64(step * 1000), value: value)
      })
  }

  /// For whoever only reads.
  static let shared = Result { try Samples() }

  static let device = DeviceKey(bytes: [UInt8](repeating: 7, count: 32))!
}
