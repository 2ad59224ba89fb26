import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace

@testable import FieldbookSync

/// A history of many kinds of op, the same whenever it is made.
struct GoldenHistory {
  static let seed: UInt64 = 71

  let team: Team
  /// What a new replica and the hub said to each other, in turns, the new one first.
  let messages: [[UInt8]]

  init() throws {
    team = try Team(["hub", "ana", "bo"], seed: GoldenHistory.seed)
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let run = try ana.record("first", points: 300, keys: 3)
    try ana.logBatch(
      run, parameters: [(EntryKey("wd"), "0.01")],
      metrics: [
        MetricSeries(
          key: "odd",
          points: [
            MetricPoint(step: -1, timestamp: 0, value: .infinity),
            MetricPoint(step: 0, timestamp: 1, value: .nan),
            MetricPoint(step: 7, timestamp: 2, value: -0.0),
          ])
      ], tags: [(EntryKey("team"), "vision é")], durability: .script)
    try TestMachine.quiesce(team.members)
    for (who, word) in [(ana, "ana's"), (bo, "bo's")] {
      team.clock.advance(milliseconds: 1000)
      try who.setDescription(run.key, word, durability: .person)
      try who.addComment(run, word)
      try who.addLabels(run, [word, "both"])
      try who.setTag(run.key, EntryKey("same"), "equal", durability: .script)
    }
    let model = try ana.newModel("churn")
    let versions = try (0..<3).map { try ana.newVersion(of: model, source: "s\($0)") }
    try TestMachine.quiesce(team.members)
    try ana.setAlias(model, "champion", versions[0].id, durability: .person)
    try bo.setAlias(model, "champion", versions[1].id, durability: .person)
    _ = try ana.putArtifact(run, path: "weights.bin", bytes: [UInt8](0...255))
    let logged = try bo.createLoggedModel(
      experiment: Experiment.defaultID, name: "net", sourceRun: run, modelType: "mlp",
      parameters: [], tags: [], durability: .script)
    try bo.setTag(logged.key, EntryKey("k"), "v", durability: .script)
    try TestMachine.quiesce(team.members)
    if let conflict = try ana.conflicts().first(where: { $0.field == .description }) {
      _ = try ana.resolve(conflict, .take("a"))
    }
    try ana.removeLabels(run, ["both"])
    let gone = try bo.newRun("gone")
    try bo.delete(gone.key, durability: .person)
    let secret = try ana.newRun("with a secret")
    try ana.setTag(secret.key, EntryKey("token"), "s3cret", durability: .script)
    try TestMachine.quiesce(team.members)
    _ = try hub.purge(secret.key, .field(.tag(EntryKey("token"))), reason: "leaked", label: nil)
    try hub.setRole(.reader, of: bo.deviceKey)
    try TestMachine.quiesce(team.members)
    try hub.revoke(bo.deviceKey, accepting: .present)
    try ana.store.write(.script) { transaction in
      try transaction.append(
        kind: OperationKind(rawValue: 900), entity: run.key,
        cells: [Cell(field: FieldName("future"), overwrites: [], value: .integer(-3))])
    }
    try TestMachine.exchange(ana, hub)
    try GoldenHistory.shareConfigs(hub, ana)
    messages = try GoldenHistory.exchange(team)
  }

  /// One config that is edited apart and merged, one that is renamed, and one that is deleted.
  private static func shareConfigs(_ hub: Workspace, _ ana: Workspace) throws {
    let text = "lr: 0.1\n\nepochs: 10\n\nseed: 1\n"
    let config = try ana.addConfig("train/base.yaml", text)
    try TestMachine.quiesce([hub, ana])
    try ana.editConfig(config, text.replacing("0.1", with: "0.2"))
    try hub.editConfig(config, text.replacing("seed: 1", with: "seed: 2"))
    try TestMachine.quiesce([hub, ana])
    guard try hub.mergeConfigs() == 1 else { throw TestFailure("the texts do not merge") }
    let other = try hub.addConfig("sweep.json", "{\"a\": [1, 2.5, null]}\n")
    try hub.rename(other.key, to: "sweeps/a.json", durability: .person)
    let gone = try ana.addConfig("gone.yml", "a: b\n")
    try ana.delete(gone.key, durability: .person)
    try TestMachine.quiesce([hub, ana])
  }

  /// A new laptop's first exchange with the hub, as messages.
  private static func exchange(_ team: Team) throws -> [[UInt8]] {
    let laptop = try team.clone("cy")
    try team.hub.admit(laptop)
    let server = SyncServer(workspace: team.hub)
    let session = try server.admit(laptop)
    var rounds = ExchangeRounds(
      workspace: laptop, peer: team.hub.deviceKey, goal: try laptop.goal(),
      session: SyncSession(agreed: []))
    var said: [[UInt8]] = []
    while true {
      let offer = try rounds.offer()
      let answer = try server.exchange(session: session, peer: laptop.deviceKey, offer)
      said += [offer.encoded, answer.encoded]
      if try rounds.take(answer) { return said }
    }
  }
}
