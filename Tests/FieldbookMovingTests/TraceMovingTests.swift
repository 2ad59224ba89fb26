import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

/// Traces that MLflow 2.22 and 3.17 wrote.
@Suite("Traces of MLflow")
struct TraceMovingTests: TeamSuite {
  let team: Team

  init() throws { team = try Team() }

  private func expectTraces(_ version: String) throws {
    let traces = try hub.traces(TraceQuery()).items
    #expect(traces.count == 2)
    let asked = try #require(traces.first { $0.tags[TraceKey.traceName] == "answer" })
    #expect(asked.state == .ok && asked.experimentName == "churn" && asked.duration != nil)
    #expect(asked.tags["reviewed"] == "yes" && asked.tags[TraceKey.spansLocation] == nil)
    #expect(asked.metadata[TraceKey.sourceRun] == (try hub.runNamed("first").id.hex))
    let spans = try hub.spans(of: asked.id)
    #expect(spans.map(\.name) == ["answer", "ask"])
    #expect(spans.map(\.type) == ["AGENT", "LLM"])
    #expect(spans[1].parent == spans[0].id && spans[1].end != nil)
    #expect(spans[0][TraceKey.spanInputs]?["question"] == .text("wie heißt\ndas?"))
    #expect(spans[1]["temperature"] == .real(0.5))
    #expect(spans[1]["deep"]?["list"] == .list([.integer(1), .real(2.5), .null, .bool(true)]))
    #expect(spans[1].events.map(\.name) == ["first token"])
    #expect(asked.usage.totalTokens == 15)
    let broken = try #require(traces.first { $0.tags[TraceKey.traceName] == "broken" })
    #expect(broken.state == .error)
    let failed = try hub.spans(of: broken.id)
    #expect(failed.map(\.status) == [.error] && failed[0].events.map(\.name) == ["exception"])
    // Before MLflow 3 the name of a trace was the server's.
    let other = asked.metadata[MovingTag.otelTrace]
    #expect((other == nil) == (version == "3"))
    if version == "3" { try expectAssessments(of: asked) }
  }

  private func expectAssessments(of trace: Trace) throws {
    let held = trace.assessments
    #expect(held.map(\.name).sorted() == ["facts", "right", "right"])
    let first = try #require(held.first { $0.sourceType == "LLM_JUDGE" })
    #expect(first.value == "0.5" && first.rationale == "half" && first.metadata["seen"] == "yes")
    #expect(!first.isValid && first.sourceID == "judge-1")
    let second = try #require(held.first { $0.overrides == first.id })
    #expect(second.value == "true" && second.isValid)
    let facts = try #require(held.first { $0.kind == .expectation })
    #expect(facts.value == #"["a", {"b": 2}]"#)
  }

  @Test("a database's traces arrive whole", arguments: ["2.22", "3"])
  func database(version: String) throws {
    let report = try Intake.run(try Stores.source(version, in: folder), into: hub)
    #expect(report.gaps == [])
    #expect(report.left == [])
    #expect(report.there[.traces] == 2 && report.there[.spans] == 3)
    try expectTraces(version)
    if version == "3" {
      let trace = try #require(try hub.traces(TraceQuery()).items.first { $0.spanCount == 2 })
      let linked = try #require(try hub.allRuns().first { $0.parameters["in"] != nil })
      #expect(try hub.links(of: trace.id) == ["run/" + linked.id.hex])
    }
  }

  @Test("a folder's traces arrive whole", arguments: ["2.22", "3"])
  func files(version: String) throws {
    let report = try Intake.run(try Stores.folder(version), into: hub)
    #expect(report.gaps == [])
    #expect(report.left == [])
    try expectTraces(version)
  }

  @Test("again takes in nothing, by whatever way, and a trace that grew there grows here")
  func again() throws {
    let path = try Stores.database("3", in: folder)
    func take() throws -> MoveReport {
      try Intake.run(
        TrackingDatabase(path: path, artifacts: Stores.fixtures + "/mlflow-3/files"), into: hub)
    }
    _ = try take()
    let before = try hub.stateHash()
    #expect(try take().fresh[.traces] == 0)
    #expect(try hub.stateHash() == before)
    let trace = try #require(try hub.traces(TraceQuery()).items.first { $0.spanCount == 2 })
    let span = try #require(try hub.spans(of: trace.id).first)
    var later = span
    (later.id, later.parent, later.name) = (77, span.id, "later")
    let form = later.stored(trace: trace.name).json.replacingOccurrences(
      of: "'", with: "''")
    RawSQLite(path: path).execute(
      """
      INSERT INTO spans(trace_id, experiment_id, span_id, status, start_time_unix_nano, content)
        SELECT trace_id, experiment_id, 'x', 'OK', 1, '\(form)' FROM spans
        WHERE trace_id = '\(trace.name)' LIMIT 1;
      UPDATE trace_tags SET value = 'twice' WHERE key = 'reviewed';
      """)
    let report = try take()
    let gaps = report.gaps
    #expect(gaps == [])
    #expect(report.disputed == 0)
    #expect(try hub.spans(of: trace.id).map(\.name).contains("later"))
    #expect(try hub.trace(trace.id).tags["reviewed"] == "twice")
  }

  @Test(
    "a span that is too large for the log comes as MLflow's clients keep it, and nothing is left")
  func large() throws {
    let path = try Stores.database("3", in: folder)
    var generator = SeededGenerator(seed: 1)
    let noise = (0..<300_000).map { _ in Hex.encode(TraceSpan.bytes(generator.next())) }.joined()
    let name = try #require(try names(of: path).first)
    var span = TraceSpan(
      trace: TraceID(named: name), id: 5, parent: nil, name: "big", kind: 0, start: 1, end: 2,
      status: .ok, statusMessage: "", attributes: [("noise", .text(noise))], events: [], links: [])
    RawSQLite(path: path).execute(
      """
      DELETE FROM spans WHERE trace_id = '\(name)';
      INSERT INTO spans(trace_id, experiment_id, span_id, status, start_time_unix_nano, content)
        VALUES ('\(name)', 1, 'x', 'OK', 1, '\(span.stored(trace: name).json)');
      """)
    let report = try Intake.run(TrackingDatabase(path: path), into: hub)
    #expect(report.there[.spans] == report.arrived[.spans])
    let artifacts = try hub.artifacts(of: TraceID(named: name).key)
    #expect(artifacts.map(\.path) == [TraceFile.name])
    let out = try #require(try Outgoing(hub).all().first { $0.name == name })
    span.attributes.append((TraceKey.spanRequest, .text(name)))
    #expect(out.spans == [span])
    let before = try hub.stateHash()
    try Intake.run(TrackingDatabase(path: path), into: hub)
    #expect(try hub.stateHash() == before)
  }

  private func names(of path: String) throws -> [String] {
    let rows = try SQLiteTables(path: path).select(["request_id"], from: "trace_info")
    var found: [String] = []
    while let row = try rows.next() { found.append(row[0].text ?? "") }
    return found
  }

  @Test("rows that belong to nothing, and spans that do not read, are counted and named")
  func gaps() throws {
    let path = try Stores.database("3", in: folder)
    RawSQLite(path: path).execute("UPDATE spans SET content = '{\"name\": 1}' WHERE name = 'ask'")
    let report = try Intake.run(TrackingDatabase(path: path), into: hub)
    #expect(report.left.filter { $0.kind == .spans }.map(\.count) == [1])
    #expect(report.there[.spans] - report.arrived[.spans] == 1)
  }

  @Test("what two took in from two forms of a store is one, and nothing is disputed")
  func twoWays() throws {
    try Intake.run(try Stores.source("3", in: folder), into: hub)
    let out = folder.path + "/out"
    try #require(try FileStoreExport.run(hub, to: out).isComplete)
    try Intake.run(try FileStore(path: out), into: bo)
    try TestMachine.quiesce(members)
    let disputed = try hub.conflicts().map { "\($0.entity.name) \($0.field.text) \($0.sides)" }
    #expect(disputed == [])
    #expect(try hub.traces(TraceQuery()).items.map(\.spanCount).sorted() == [1, 2])
  }
}

extension Outgoing {
  func all() throws -> [ForeignTrace] {
    var found: [ForeignTrace] = []
    for experiment in try experiments() { try eachTrace(of: experiment) { found.append($0) } }
    return found
  }
}
