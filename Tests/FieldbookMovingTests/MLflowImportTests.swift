import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@testable import FieldbookMoving

/// Stores that MLflow 1.30, 2.9 and 3.17 wrote.
@Suite("Import from MLflow")
struct MLflowImportTests: TeamSuite {
  let team: Team

  init() throws { team = try Team() }

  @Test("a database arrives whole", arguments: [1, 2, 3])
  func database(version: Int) throws {
    let report = try Intake.run(try Stores.source(version, in: folder), into: hub)
    #expect(report.gaps == [])
    #expect(report.left == [])
    try expectContent(version)
  }

  @Test("a folder arrives whole", arguments: [1, 2, 3])
  func files(version: Int) throws {
    let report = try Intake.run(try Stores.folder(version), into: hub)
    #expect(report.gaps == [])
    #expect(report.left == [])
    try expectContent(version, hasModels: version > 1)
  }

  private func expectContent(_ version: Int, hasModels: Bool = true) throws {
    let run = try hub.runNamed("first")
    #expect(
      run.parameters
        == ["lr": "0.1", "layers/0/units": "64", "note": "grün\nzweite Zeile"])
    #expect(run.experimentName == "churn" && run.state.status == .finished)
    #expect(run.user == "ana" && run.description == "the *first* one" && run.tags["team"] == "a")
    let loss = try hub.metricHistory(run.id, key: "loss")
    #expect(loss.map(\.step) == [0, 1, 2, 3, 4])
    #expect(loss[1].value.isNaN && loss[4].value == 1e-300)
    #expect(try hub.metricHistory(run.id, key: "back").map(\.step) == [-3])
    #expect(run.artifacts.map(\.path).sorted() == ["empty.txt", "notes/hello.txt"])
    #expect(!run.artifacts.contains { !$0.isHere })
    #expect(run.datasets.map(\.context) == (version > 1 ? ["training"] : []))
    #expect(try hub.runNamed("child").parent == run.id)
    let infinite = try #require(try hub.allRuns().first { $0.metrics["wide"] != nil })
    #expect(infinite.startTime.milliseconds == 1_700_000_000_000)
    #expect(infinite.state.endTime?.milliseconds == 1_700_000_001_000)
    #expect(infinite.state.status == .failed && infinite.metrics["wide"]?.count == 2)
    let deleted = try #require(try hub.allRuns().first { $0.parameters["kept"] == "yes" })
    #expect(deleted.lifecycle == .deleted)
    #expect(try hub.experiment(named: "gone").lifecycle == .deleted)
    #expect(try hub.experiment(named: "churn").description == "about churn")
    #expect(try hub.experiment(named: "churn").tags == ["owner": "ana"])
    if version == 3 { try expectLoggedModel(of: run) }
    if hasModels { try expectModels(of: run, hasAliases: version > 1) }
  }

  private func expectLoggedModel(of run: Run) throws {
    let model = try #require(try hub.searchLoggedModels(experiments: nil, name: "net").first)
    #expect(model.parameters == ["depth": "3"] && model.sourceRun == run.id)
    #expect(model.status == .ready && model.metrics.map(\.key) == ["auc"])
    #expect(run.modelOutputs == [ModelOutput(model: model.id, step: 2)])
    // Made when the script made it, and not when it came.
    #expect(model.createdTime.milliseconds > run.startTime.milliseconds)
  }

  private func expectModels(of run: Run, hasAliases: Bool) throws {
    let model = try hub.model(named: "churn")
    #expect(model.description == "who leaves" && model.tags == ["area": "sales"])
    #expect(model.versions.map(\.finalNumber) == [1, 3])
    #expect(model.versions.map(\.stage) == ["None", "Production"])
    #expect(model.versions[1].description == "the better one")
    #expect(model.versions[0].tags == ["seen": "yes"] && model.versions[0].run == run.id)
    #expect(model.versions[0].createdTime.milliseconds >= model.createdTime.milliseconds)
    #expect(model.createdTime.milliseconds > run.startTime.milliseconds)
    if hasAliases { #expect(model.aliases["champion"]?.version == model.versions[1].id) }
  }

  @Test("again takes in nothing, and changes nothing")
  func again() throws {
    let source = try Stores.source(3, in: folder)
    try Intake.run(source, into: hub)
    let before = try hub.stateHash()
    let report = try Intake.run(source, into: hub)
    #expect(report.gaps == [] && report.fresh[.runs] == 0 && report.kept == 0)
    #expect(try hub.stateHash() == before)
  }

  @Test("broken off after any record, it goes on to the same", arguments: [1, 3, 7, 11, 16, 19])
  func interrupted(after count: Int) throws {
    let source = try Stores.source(3, in: folder)
    let recorder = Recorder(hub, source: "", tell: { _ in })
    var left = count
    #expect(throws: TestFailure.self) {
      try source.read { record in
        left -= 1
        if left < 0 { throw TestFailure("killed") }
        try recorder.take(record)
      }
    }
    let gaps = try Intake.run(source, into: hub).gaps
    #expect(gaps == [])
    try expectContent(3)
    #expect(try hub.conflicts().isEmpty)
  }

  @Test("two who take in the same store, and meet, have it once and agree")
  func twoLaptops() throws {
    let source = try Stores.source(3, in: folder)
    try Intake.run(source, into: ana)
    try Intake.run(source, into: bo)
    try TestMachine.quiesce(members)
    // Of what is deleted there neither had seen the other's deletion, and both mean it.
    let disputed = try hub.conflicts().map(\.field.text)
    #expect(disputed == [])
    #expect(try hub.experiment(named: "gone").lifecycle == .deleted)
    #expect(try hub.allRuns().count { $0.lifecycle == .deleted } == 2)
    #expect(try hub.allRuns().count == 6)
    #expect(try hub.model(named: "churn").versions.count == 2)
    #expect(try TestMachine.discord(members) == [])
    #expect(try Intake.run(source, into: hub).gaps == [])
    #expect(try hub.metricHistory(try hub.runNamed("first").id, key: "loss").count == 5)
  }

  @Test("an edit of a deleted thing by somebody who had it otherwise still counts")
  func editedElsewhere() throws {
    let source = try Stores.source(3, in: folder)
    try Intake.run(source, into: ana)
    let deleted = try #require(try ana.allRuns().first { $0.parameters["kept"] == "yes" }).id
    try TestMachine.quiesce(members)
    // What ana writes to it afterwards she writes to a deleted run.
    try ana.setTag(deleted.key, try EntryKey("late"), "1", durability: .script)
    try bo.restore(deleted.key, durability: .script)
    try bo.setTag(deleted.key, try EntryKey("wanted"), "yes", durability: .script)
    try hub.delete(deleted.key, durability: .script)
    try TestMachine.quiesce(members)
    #expect(try TestMachine.discord(members) == [])
    #expect(try !hub.conflicts().filter { $0.field == .lifecycle }.isEmpty)
  }

  @Test("a run that is here in an experiment of the same name: both are in it")
  func experimentOfOurs() throws {
    let churn = try hub.createExperiment(named: "churn", durability: .script)
    let own = try hub.createRun(RunDraft(experiment: churn, name: "own"), durability: .script)
    _ = try hub.createExperiment(named: "gone", durability: .script)
    let report = try Intake.run(try Stores.folder(3), into: hub)
    #expect(try hub.experiment(named: "churn").id == churn)
    #expect(try hub.run(own).experiment == churn)
    #expect(try hub.runNamed("first").experiment == churn)
    // Deleted there, in use here.
    #expect(try hub.experiment(named: "gone").lifecycle == .active)
    #expect(report.notes.count == 1)
  }

  @Test("what was renamed here is still what it was")
  func renamed() throws {
    try Intake.run(try Stores.folder(3), into: hub)
    let churn = try hub.experiment(named: "churn").id
    try hub.rename(churn.key, to: "leavers", durability: .script)
    let gaps = try Intake.run(try Stores.folder(3), into: hub).gaps
    #expect(gaps == [])
    #expect(try hub.experiment(churn).name == "leavers")
    #expect(try hub.allRuns().count == 6)
    #expect(throws: WorkspaceFailure.self) { try hub.experiment(named: "churn") }
  }

  @Test("of a field that changed on one side the change stays; on both, both do")
  func threeWays() throws {
    let path = try Stores.database(3, in: folder)
    func take() throws -> MoveReport { try Intake.run(TrackingDatabase(path: path), into: hub) }
    _ = try take()
    let run = try hub.runNamed("first").id
    func tag(_ key: String, _ value: String) throws {
      try hub.setTag(run.key, try EntryKey(key), value, durability: .script)
    }
    RawSQLite(path: path).execute(
      """
      INSERT INTO tags VALUES ('a', 'then', '\(run.hex)'), ('b', 'then', '\(run.hex)'),
        ('c', 'then', '\(run.hex)')
      """)
    _ = try take()
    try tag("b", "here")
    try tag("c", "here")
    RawSQLite(path: path).execute(
      """
      UPDATE tags SET value = 'there' WHERE key IN ('a', 'c') AND run_uuid = '\(run.hex)';
      INSERT INTO metrics VALUES ('loss', 9, 9, '\(run.hex)', 9, 0);
      """)
    let report = try take()
    let tags = try hub.run(run).tags
    #expect(tags["a"] == "there" && tags["b"] == "here")
    #expect(report.kept == 1 && report.disputed == 1)
    #expect(try hub.conflicts().map(\.field.text) == ["tags.c"])
    #expect(try hub.metricHistory(run, key: "loss").last?.value == 9)
    // Once said, it is not said again.
    let again = try take()
    #expect(again.disputed == 0)
    #expect(try hub.conflicts().count == 1)
  }

  @Test("an export that has ended there ends here; one that is purged or untagged here stays so")
  func afterwards() throws {
    let path = try Stores.database(3, in: folder)
    RawSQLite(path: path).execute("UPDATE runs SET status = 'RUNNING', end_time = NULL")
    try Intake.run(TrackingDatabase(path: path), into: hub)
    let run = try hub.runNamed("first").id
    #expect(try hub.run(run).state.status == .running)
    try hub.setTag(run.key, try EntryKey("team"), nil, durability: .script)
    RawSQLite(path: path).execute("UPDATE runs SET status = 'KILLED', end_time = 12")
    let report = try Intake.run(TrackingDatabase(path: path), into: hub)
    let ended = try hub.run(run)
    #expect(ended.state == RunState(status: .killed, endTime: Timestamp(milliseconds: 12)))
    #expect(ended.tags["team"] == nil && report.kept == 1)
  }

  @Test("rows that belong to nothing, and files that cannot be had, are counted and named")
  func gaps() throws {
    let path = try Stores.database(3, in: folder)
    RawSQLite(path: path).execute("INSERT INTO params VALUES ('lost', '1', 'nobody')")
    let report = try Intake.run(
      TrackingDatabase(path: path, artifacts: folder.path + "/nowhere"), into: hub)
    #expect(report.there[.params] - report.arrived[.params] == 1)
    #expect(report.left.contains { $0.kind == .params && $0.count == 1 })
    #expect(report.there[.files] > report.arrived[.files] && !report.isComplete)
  }

  @Test("a dataset's use keeps all its tags")
  func datasetTags() throws {
    let path = try Stores.database(3, in: folder)
    RawSQLite(path: path).execute(
      "INSERT INTO input_tags SELECT input_uuid, 'fold', '2' FROM inputs WHERE source_type = 'DATASET'"
    )
    try Intake.run(TrackingDatabase(path: path), into: hub)
    let used = try hub.runNamed("first").datasets
    #expect(used.map(\.context) == ["training"] && used[0].tags == ["fold": "2"])
  }

  @Test("only the experiments that are asked for")
  func some() throws {
    let path = try Stores.database(3, in: folder)
    let report = try Intake.run(
      TrackingDatabase(
        path: path, artifacts: Stores.fixtures + "/mlflow-3/files", only: ["Default"]), into: hub)
    #expect(report.gaps == [] && report.there[.runs] == 1 && report.there[.models] == 0)
    #expect(throws: MovingFailure.noSuchExperiment("x")) {
      try TrackingDatabase(path: path, only: ["x"])
    }
  }

  @Test("a count alone takes in nothing")
  func tally() throws {
    let before = try hub.stateHash()
    let tally = try Tally.of(try Stores.source(3, in: folder))
    #expect(try hub.stateHash() == before)
    let report = try Intake.run(try Stores.source(3, in: TemporaryFolder()), into: hub)
    for kind in report.kinds { #expect(tally.there[kind] == report.there[kind], "\(kind)") }
  }
}
