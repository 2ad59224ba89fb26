import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

@testable import FieldbookSync

/// A history in which everything is said that this level has words for, the same whenever it is made. "every kind of op and
/// every field has a golden one" says what is missing.
struct GoldenVocabulary {
  static let seed: UInt64 = 72

  let team: Team
  /// What the hub held before a new replica came, and what they said.
  let contents: GoldenContents

  init() throws {
    team = try Team(["hub", "ana", "bo"], seed: GoldenVocabulary.seed)
    let (hub, ana) = (team.hub, team.ana)
    let run = try GoldenVocabulary.record(ana)
    try TestMachine.quiesce(team.members)
    try GoldenVocabulary.register(team, run)
    try GoldenVocabulary.trace(ana, run)
    try GoldenVocabulary.decide(team, run)
    try GoldenVocabulary.configure(hub, ana)
    try GoldenVocabulary.purge(hub, ana, run)
    try GoldenVocabulary.rotate(team)
    try GoldenVocabulary.fork(team, run)
    try GoldenVocabulary.goAhead(hub, ana, run)

    let laptop = try team.clone("cy")
    _ = try laptop.ensureExperiment(named: "cy's own", durability: .script)
    try hub.admit(laptop)
    var contents = try GoldenContents(hub, in: team.folder)
    let session = try GoldenSession(laptop, with: hub)
    (contents.messages, contents.greeting) = (session.messages, session.greeting)
    self.contents = contents
  }

  /// A run with all that one can have, and its parent.
  private static func record(_ ana: Workspace) throws -> RunID {
    let experiment = try ana.createExperiment(
      named: "digits", tags: [EntryKey("area"): "vision"], durability: .script)
    // As what is taken in from another tracker says when it was made.
    try ana.store.write(.script) {
      try $0.create(
        .createExperiment, EntityKey(high: 7, low: 7),
        [(.name, .text("taken in")), (.createdTime, .integer(1_600_000_000_000))])
    }
    let parent = try ana.newRun("sweep", durability: .script)
    let run = try ana.createRun(
      RunDraft(
        experiment: experiment, name: "all of it", startTime: Timestamp(milliseconds: 1),
        user: "ana", parent: parent, parameters: [EntryKey("lr"): "0.1"],
        tags: [EntryKey("team"): "vision é"], environment: ["python": "3.13"],
        description: "first words"), durability: .script)
    try ana.logBatch(
      run, parameters: [(EntryKey("wd"), "0.01")],
      metrics: ["loss", "leaked"].map { key in
        MetricSeries(
          key: key,
          points: (0..<200).map {
            MetricPoint(step: $0, timestamp: 1000 * $0, value: 1 / Double($0 + 1))
          })
      }, tags: [], durability: .script)
    _ = try ana.putArtifact(run, path: "weights.bin", bytes: [UInt8](0...255))
    _ = try ana.putArtifact(run, path: "leaked.txt", bytes: Array("s3cret".utf8))
    try ana.addDatasets(
      run,
      [
        Dataset(
          name: "train", digest: "abc", sourceType: "local", source: "train.csv", schema: "{}",
          profile: "{}", context: "training", tags: ["k": "v"])
      ], durability: .script)
    let model = try ana.createLoggedModel(
      experiment: experiment, name: "net", sourceRun: run, modelType: "mlp",
      parameters: [(EntryKey("depth"), "3")], tags: [], durability: .script)
    try ana.addLoggedModelMetrics(
      model,
      [
        LoggedModelMetric(
          key: "acc", point: MetricPoint(step: 1, timestamp: 2, value: 0.5), run: run,
          datasetName: "train", datasetDigest: "abc")
      ], durability: .script)
    try ana.setLoggedModelStatus(model, .ready, durability: .script)
    try ana.addModelInputs(run, [model], durability: .script)
    try ana.addModelOutputs(run, [ModelOutput(model: model, step: 3)], durability: .script)
    try ana.addLabels(run, ["good"])
    try ana.addComment(run, "look at this")
    try ana.setDescription(run.key, nil, durability: .person)
    for one in [run, parent] {
      try ana.setState(
        one, RunState(status: .finished, endTime: Timestamp(milliseconds: 9)), durability: .script)
    }
    return run
  }

  /// Versions with numbers of all three sorts, an alias, a stage.
  private static func register(_ team: Team, _ run: RunID) throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let model = try ana.newModel("churn")
    let first = try ana.createVersion(
      of: model, source: "runs:/x", run: run, description: nil, tags: [:], durability: .person)
    try ana.setAlias(model, "champion", first.id, durability: .person)
    try ana.requestLease(of: model, atLeast: 3)
    try TestMachine.quiesce(team.members)
    guard try ana.newVersion(of: model, source: "leased").finalNumber != nil else {
      throw TestFailure("no number was leased")
    }
    try ana.setStage(first.id, "Production", durability: .person)
    try TestMachine.quiesce(team.members)
    for (who, source) in [(hub, "hub's"), (bo, "bo's")] {
      let version = try who.newVersion(of: model, source: source)
      try who.setAlias(model, "champion", version.id, durability: .person)
    }
    try TestMachine.quiesce(team.members)
  }

  private static func trace(_ ana: Workspace, _ run: RunID) throws {
    let name = "tr-golden"
    let judged = Assessment(
      id: "a-1", name: "correct", kind: .feedback, value: "true", trouble: nil,
      sourceType: "HUMAN", sourceID: "ana", createdTime: Timestamp(milliseconds: 1),
      lastUpdateTime: Timestamp(milliseconds: 2), span: nil, rationale: "it is", metadata: [:],
      overrides: nil)
    let trace = try ana.noteTrace(
      TraceDraft(
        name: name, experiment: Experiment.defaultID, requestTime: Timestamp(milliseconds: 1000),
        duration: 5, state: .ok, requestPreview: "why?", responsePreview: "because",
        clientRequestID: "r-1", metadata: ["mlflow.source.name": "chat.py"],
        tags: [EntryKey("k"): "v"], assessments: [judged]), durability: .script)
    var out = ProtobufWriter()
    out.message(1) { group in
      group.message(2) { scope in
        scope.message(2) { span in
          span.bytes(1, trace.key.bytes)
          span.bytes(2, TraceSpan.bytes(1))
          span.text(5, "answer")
          span.fixed64(7, 1_000_000_000)
          span.fixed64(8, 1_005_000_000)
        }
      }
    }
    _ = try ana.recordSpans(
      SpanBatch(protobuf: out.bytes[...]), experiment: Experiment.defaultID, durability: .script)
    try ana.linkTraces([trace], to: "run/" + run.hex, durability: .script)
  }

  /// What two say differently, and one decides; roles and names of devices.
  private static func decide(_ team: Team, _ run: RunID) throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    try TestMachine.quiesce(team.members)
    for (who, word) in [(ana, "ana's"), (bo, "bo's")] {
      try who.setDescription(run.key, word, durability: .person)
      try who.setTag(run.key, EntryKey("open"), word, durability: .script)
    }
    try bo.delete(bo.newRun("gone").key, durability: .person)
    try TestMachine.quiesce(team.members)
    if let conflict = try ana.conflicts().first(where: { $0.field == .description }) {
      _ = try ana.resolve(conflict, .take("a"))
    }
    try ana.removeLabels(run, ["good"])
    try hub.announce(certificate: CertificateFingerprint(hex: String(repeating: "5a", count: 32)))
    try hub.setRole(.reader, of: bo.deviceKey)
    try hub.setRole(.writer, of: bo.deviceKey)
    try hub.renameDevice(bo.deviceKey, to: "bo's laptop")
    try TestMachine.quiesce(team.members)
  }

  private static func configure(_ hub: Workspace, _ ana: Workspace) throws {
    let text = "lr: 0.1\n\nepochs: 10\n\nseed: 1\n"
    let config = try ana.addConfig("train/base.yaml", text)
    try TestMachine.quiesce([hub, ana])
    _ = try ana.editConfig(config, text.replacing("0.1", with: "0.2"))
    _ = try hub.editConfig(config, text.replacing("seed: 1", with: "seed: 2"))
    try TestMachine.quiesce([hub, ana])
    guard try hub.mergeConfigs() == 1 else { throw TestFailure("the texts do not merge") }
  }

  private static func purge(_ hub: Workspace, _ ana: Workspace, _ run: RunID) throws {
    try ana.setTag(run.key, EntryKey("token"), "s3cret", durability: .script)
    try TestMachine.quiesce([hub, ana])
    for subject: PurgeSubject in [
      .field(.tag(try EntryKey("token"))), .field(.artifact("leaked.txt")), .series("leaked"),
    ] {
      _ = try hub.purge(run.key, subject, reason: "leaked", label: "something")
    }
    try TestMachine.quiesce([hub, ana])
  }

  /// Bo's device gets its next key.
  private static func rotate(_ team: Team) throws {
    let (hub, bo) = (team.hub, team.bo)
    try TestMachine.quiesce(team.members)
    _ = try bo.announceNextKey()
    try TestMachine.exchange(bo, hub)
    try bo.adoptNextKey()
    let renewed = try Workspace.open(bo.dir, environment: bo.environment)
    try renewed.retireFormerKey()
    _ = try renewed.ensureExperiment(named: "by the next key", durability: .script)
    try TestMachine.quiesce([hub, team.ana, renewed])
    try renewed.close()
  }

  /// A device that two wrote with: its log has two ends. It is revoked, and what came too late is looked at and left aside.
  private static func fork(_ team: Team, _ run: RunID) throws {
    let hub = team.hub
    var twin = try Forger(key: [UInt8](repeating: 9, count: 32), workspace: hub.id)
    try hub.admit(twin.device, name: "twin")
    func says(_ word: String, _ time: Int64) throws -> Segment {
      try twin.sealed([
        Forger.Op(
          kind: .set, entity: run.key, clock: HybridTime(milliseconds: team.clock.now + time),
          cells: [
            Cell(
              field: .tag(EntryKey(unchecked: "twin")), overwrites: [], value: .text(word))
          ])
      ])
    }
    let first = try says("first", 0)
    twin.goOn(after: first)
    let ends = try [says("left", 1), says("right", 2)]
    _ = try hub.apply([first.encoded] + ends.map(\.encoded), from: "twin")
    if let conflict = try hub.conflicts().first(where: { $0.field == .acknowledgedForks }) {
      _ = try hub.resolve(conflict, .value(nil))
    }
    try hub.revoke(twin.device, accepting: .present)
    twin.goOn(after: ends[1])
    _ = try hub.apply([says("too late", 3).encoded], from: "twin")
    let device = try hub.device("twin")
    try hub.rejectQuarantined(of: device)
    try TestMachine.exchange(team.ana, hub)
  }

  /// Words of a later version, and a clock that goes wrong, which the hub says.
  private static func goAhead(_ hub: Workspace, _ ana: Workspace, _ run: RunID) throws {
    try ana.store.write(.script) { transaction in
      try transaction.append(
        kind: OperationKind(rawValue: 900), entity: run.key,
        cells: [Cell(field: FieldName("future"), overwrites: [], value: .integer(-3))])
      try transaction.appendUnchecked(
        kind: .set, entity: run.key,
        cells: [
          Cell(field: .tag(EntryKey(unchecked: "ahead")), overwrites: [], value: .text("of time"))
        ],
        at: HybridTime(
          milliseconds: ana.environment.now() + 2 * HybridClock.skewLimitMilliseconds))
    }
    try TestMachine.quiesce([hub, ana])
  }
}
