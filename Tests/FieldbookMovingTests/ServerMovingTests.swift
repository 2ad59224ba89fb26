import FieldbookMLflow
import FieldbookModel
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

/// In from a tracking server: our own, which answers as MLflow's does.
@Suite("Servers")
struct ServerMovingTests: TeamSuite {
  let team: Team

  init() throws { team = try Team() }

  static func serving<Result: Sendable>(
    _ workspace: Workspace, access: FieldbookMLflow.TrackingServer.Access = .open,
    _ body: @escaping @Sendable (String) throws -> Result
  ) async throws -> Result {
    let server = FieldbookMLflow.TrackingServer(workspace: workspace, access: access)
    return try await whileListening { isReady in
      try await server.run(onReady: isReady)
    } _: { port in
      // It waits for its answers, and may not do so on a thread that the server needs.
      try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result { try body("http://127.0.0.1:\(port)") }) }
          .start()
      }
    }
  }

  private static func source(
    _ url: String, _ variables: [String: String] = [:], only: Set<String>? = nil
  ) throws -> any Source {
    try MLflowSource.open(url, only: only, variables: variables)
  }

  @Test("a server arrives whole, and again brings nothing", arguments: ["2.22", "3"])
  func whole(version: String) async throws {
    // An admin's, which numbers versions.
    let (hub, bo) = (team.hub, team.bo)
    try Intake.run(try Stores.source(version, in: folder), into: hub)
    let reports = try await ServerMovingTests.serving(hub) { url in
      let first = try Intake.run(try ServerMovingTests.source(url), into: bo)
      let before = try bo.stateHash()
      let second = try Intake.run(try ServerMovingTests.source(url), into: bo)
      #expect(try bo.stateHash() == before)
      return [first, second]
    }
    for report in reports {
      #expect(report.gaps == [])
      #expect(report.left == [])
    }
    #expect(reports[0].there[.runs] == 6 && reports[1].fresh[.runs] == 0)
    #expect(reports[0].there[.traces] == 2 && reports[0].there[.spans] == 3)
    try expectLikeness(bo, hub)
  }

  @Test("a workspace of anything is the same by its server", arguments: 1...3)
  func anything(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let (ana, bo) = (team.ana, team.bo)
    try ana.recordAnything(&generator)
    let report = try await ServerMovingTests.serving(ana) { url in
      try Intake.run(try ServerMovingTests.source(url), into: bo)
    }
    #expect(report.gaps == [])
    #expect(report.left == [])
    try expectLikeness(bo, ana)
  }

  /// MLflow's API has no labels, captured values and final numbers.
  private func expectLikeness(_ right: Workspace, _ left: Workspace) throws {
    var (mine, theirs) = (try Content(left), try Content(right))
    for key in mine.runs.keys { mine.runs[key]?.removeSubrange(10...11) }
    for key in theirs.runs.keys { theirs.runs[key]?.removeSubrange(10...11) }
    #expect(mine.models.keys == theirs.models.keys)
    (mine.models, theirs.models) = ([:], [:])
    let differences = theirs.differences(from: mine)
    #expect(differences == [])
  }

  @Test("credentials are told; without them there is a clear refusal and nothing is taken in")
  func credentials() async throws {
    let (ana, bo) = (team.ana, team.bo)
    try Intake.run(try Stores.source("3", in: folder), into: ana)
    try await ServerMovingTests.serving(ana, access: .token("secret")) { url in
      let before = try bo.stateHash()
      #expect(throws: MovingFailure.self) {
        try Intake.run(try ServerMovingTests.source(url), into: bo)
      }
      #expect(try bo.stateHash() == before)
      let told = ["MLFLOW_TRACKING_TOKEN": "secret"]
      let report = try Intake.run(
        try ServerMovingTests.source(url, told, only: ["churn"]), into: bo)
      #expect(report.isComplete && report.there[.models] == 0 && report.there[.traces] == 2)
      let named = ["MLFLOW_TRACKING_USERNAME": "x", "MLFLOW_TRACKING_PASSWORD": "secret"]
      #expect(try Tally.of(try ServerMovingTests.source(url, named)).there[.runs] == 6)
    }
  }
}

/// Out to a tracking server, and in again from there.
@Suite("Export to a server")
struct ServerExportTests: TeamSuite {
  let team: Team

  init() throws { team = try Team() }

  private func workspace(_ name: String) throws -> Workspace {
    try TestMachine.team(
      [name], root: folder.path, clock: ManualClock(), seed: UInt64(100 + name.utf8.count))[0]
  }

  private static func export(
    _ workspace: Workspace, to url: String, only: Set<String>? = nil
  ) throws -> MoveReport {
    try ServerExport.run(workspace, to: TrackingClient(url, variables: [:]), only: only)
  }

  /// Out of one workspace into another's server, and from there into a third.
  private func expectRoundTrip(_ left: Workspace) async throws {
    let (middle, right) = (try workspace("middle"), try workspace("right"))
    try await ServerMovingTests.serving(middle) { url in
      let out = try ServerExportTests.export(left, to: url)
      #expect(out.gaps == [])
      #expect(out.left == [])
      let before = try middle.stateHash()
      let again = try ServerExportTests.export(left, to: url)
      #expect(again.gaps == [])
      #expect(try middle.stateHash() == before)
      let into = try Intake.run(try MLflowSource.open(url, variables: [:]), into: right)
      #expect(into.gaps == [])
      #expect(into.left == [])
    }
    let differences = try Content(right).differences(from: Content(left))
    #expect(differences == [])
  }

  @Test("what MLflow wrote comes back as it went", arguments: ["2.22", "3"])
  func fromMLflow(version: String) async throws {
    let left = try workspace("left")
    try Intake.run(try Stores.source(version, in: folder), into: left)
    try await expectRoundTrip(left)
  }

  @Test("a workspace of anything comes back as it went", arguments: 1...3)
  func anything(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let left = try workspace("left")
    try left.recordAnything(&generator)
    try await expectRoundTrip(left)
  }

  @Test("what is new here goes there: points, tags, files, an end, a deletion; and nothing twice")
  func later() async throws {
    let ana = team.ana
    let middle = try workspace("middle")
    try Intake.run(try Stores.source("3", in: folder), into: ana)
    try await ServerMovingTests.serving(middle) { url in
      _ = try ServerExportTests.export(ana, to: url)
      let run = try ana.runNamed("first").id
      try ana.setTag(run.key, try EntryKey("team"), "b", durability: .script)
      let point = MetricPoint(step: 9, timestamp: 9, value: 9)
      try ana.logBatch(
        run, parameters: [(EntryKey(unchecked: "new"), "1")],
        metrics: [MetricSeries(key: "loss", points: [point])], tags: [], durability: .script)
      _ = try ana.putArtifact(run, path: "notes/hello.txt", bytes: Array("HELLO\n".utf8))
      try ana.delete(try ana.runNamed("child").id.key, durability: .script)
      let report = try ServerExportTests.export(ana, to: url)
      #expect(report.gaps == [])
      #expect(try middle.allRuns().count == 6)
      let there = try middle.runNamed("first")
      #expect(there.tags["team"] == "b" && there.parameters["new"] == "1")
      #expect(try middle.metricHistory(there.id, key: "loss").count == 6)
      #expect(try middle.content(there.id, "notes/hello.txt") == Array("HELLO\n".utf8))
      #expect(try middle.runNamed("child").lifecycle == .deleted)
      #expect(try middle.model(named: "churn").versions.count == 2)
    }
  }

  @Test("a param that is another there stays as it is, and is named")
  func refusal() async throws {
    let ana = team.ana
    let middle = try workspace("middle")
    let run = try ana.createRun(
      RunDraft(experiment: ana.createExperiment(named: "e", durability: .script), name: "r"),
      durability: .script)
    try await ServerMovingTests.serving(middle) { url in
      _ = try ServerExportTests.export(ana, to: url)
      let there = try middle.runNamed("r").id
      try middle.logBatch(
        there, parameters: [(EntryKey(unchecked: "p"), "there")], metrics: [], tags: [],
        durability: .script)
      try ana.logBatch(
        run, parameters: [(EntryKey(unchecked: "p"), "here")], metrics: [], tags: [],
        durability: .script)
      let report = try ServerExportTests.export(ana, to: url)
      #expect(report.left.map(\.kind) == [.params] && !report.isComplete)
      #expect(try middle.run(there).parameters == ["p": "there"])
    }
  }
}
