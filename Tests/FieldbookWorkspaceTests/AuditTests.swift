import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Audits of what is recorded")
struct AuditTests {
  private let pair: Pair
  private var folder: TemporaryFolder { pair.folder }
  private var clock: ManualClock { pair.clock }
  private var ana: Workspace { pair.ana }
  private var bo: Workspace { pair.bo }

  init() throws { pair = try Pair() }

  private func record(
    _ name: String, by workspace: Workspace, accuracy: Double = 0.9, repeats first: RunID? = nil
  ) throws -> RunID {
    var tags: [EntryKey: String] = [:]
    if let first { tags[Workspace.reproducesTag] = first.hex }
    let run = try workspace.createRun(
      RunDraft(
        experiment: try workspace.ensureExperiment(named: "churn", durability: .person),
        name: name, parameters: [try EntryKey("random_state"): "7"], tags: tags,
        environment: ["python": "3.11.2"]), durability: .person)
    try workspace.logBatch(
      run, parameters: [],
      metrics: [
        MetricSeries(
          key: "acc",
          points: [MetricPoint(step: 0, timestamp: clock.now, value: accuracy)]),
        MetricSeries(
          key: "system/cpu",
          points: [MetricPoint(step: 0, timestamp: clock.now, value: accuracy)]),
      ], tags: [], durability: .person)
    _ = try workspace.putArtifact(run, path: "model.bin", bytes: Array("w\(accuracy)".utf8))
    _ = try workspace.putArtifact(run, path: "logs/stdout.txt", bytes: Array(name.utf8))
    _ = try workspace.putArtifact(run, path: "config/c.yaml", bytes: Array("lr: 1".utf8))
    _ = try workspace.putArtifact(
      run, path: "environment/packages.txt", bytes: Array("numpy==1.0\nsix==1.1\n".utf8))
    try workspace.addDatasets(
      run,
      [
        Dataset(
          name: "train", digest: "d1", sourceType: "local", source: "a.csv", schema: nil,
          profile: nil, context: nil, tags: [ContentTag.content: "sha256:00"])
      ], durability: .person)
    try workspace.setState(
      run, RunState(status: .finished, endTime: Timestamp(milliseconds: clock.now)),
      durability: .person)
    clock.advance(milliseconds: 1000)
    return run
  }

  private func check(_ audit: RunAudit, _ question: AuditQuestion) -> RunAudit.Check? {
    audit.checks.first { $0.question == question }
  }

  @Test("what was recorded is found, counted and judged")
  func facts() throws {
    let run = try record("one", by: ana)
    let audit = try ana.audit(run)
    let states = Dictionary(
      uniqueKeysWithValues: audit.checks.map { ($0.question, $0.state.rawValue) })
    #expect(
      states == [
        .code: "missing", .environment: "ok", .data: "ok", .parameters: "ok", .metrics: "ok",
        .reproduced: "missing", .seed: "ok", .artifacts: "ok", .config: "missing",
        .description: "missing",
      ])
    #expect(check(audit, .metrics)?.found == "1 metric")
    #expect(check(audit, .artifacts)?.found == "1 file")
    #expect(check(audit, .environment)?.found == "2 packages with versions")
    #expect(check(audit, .seed)?.found == "random_state=7")
    #expect(audit.score == 63)
  }

  @Test("a tag is no proof: another device's run counts when it gives the same")
  func repetition() throws {
    let first = try record("one", by: ana)
    func state() throws -> RunAudit.Check? { check(try ana.audit(first), .reproduced) }
    try TestMachine.quiesce([ana, bo])
    _ = try record("mine", by: ana, repeats: first)
    #expect(try state()?.state == .partly && state()?.found == "mine, by the same device")
    _ = try record("wrong", by: bo, accuracy: 0.8, repeats: first)
    try TestMachine.quiesce([ana, bo])
    #expect(try state()?.state == .partly && state()?.found == "mine, by the same device")
    let good = try record("right", by: bo, repeats: first)
    try TestMachine.quiesce([ana, bo])
    #expect(try state()?.state == .ok)
    #expect(try state()?.found.hasPrefix("right by ") == true)
    let own = check(try ana.audit(good), .reproduced)
    #expect(own?.state == .notApplicable && own?.found == "repeats \(first.hex.prefix(8))")
    // Its file has the content that is here already.
    #expect(check(try ana.audit(good), .artifacts)?.state == .ok)
  }

  @Test("only a repetition that differs is named with what tells")
  func differing() throws {
    let first = try record("one", by: ana)
    try TestMachine.quiesce([ana, bo])
    _ = try record("wrong", by: bo, accuracy: 0.8, repeats: first)
    try TestMachine.quiesce([ana, bo])
    let found = check(try ana.audit(first), .reproduced)
    #expect(found?.state == .partly && found?.found.hasSuffix("differs in 2 things") == true)
    #expect(found?.mend == "fieldbook verify RUN wrong")
  }

  @Test("an experiment's runs say what each alone says; deleted ones are left out")
  func experiment() throws {
    let first = try record("one", by: ana)
    let second = try record("two", by: ana, repeats: first)
    try ana.setDescription(second.key, "why", durability: .person)
    let gone = try record("gone", by: ana)
    try ana.delete(gone.key, durability: .person)
    let churn = try ana.experiment(named: "churn").id
    let audit = try ana.audit(churn)
    #expect(audit.runs == [try ana.audit(second), try ana.audit(first)])
    #expect(audit.runs.map(\.name) == ["two", "one"])
    let empty = try ana.ensureExperiment(named: "empty", durability: .person)
    #expect(try ana.audit(empty).runs.isEmpty)
  }

  @Test("a snapshot says what it lacks; secrets that stayed out are none of it")
  func snapshot() throws {
    let project = folder.path + "/project"
    try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
    try Data("print(1)".utf8).write(to: URL(fileURLWithPath: project + "/a.py"))
    func taken(leftOut: String) throws -> RunAudit {
      let run = try record("r", by: ana)
      let draft = SnapshotDraft(
        run: run.hex, listing: try FolderListing(project, limits: SnapshotLimits()),
        author: "ana", address: "ana@lab", time: Timestamp(milliseconds: clock.now),
        secret: { _ in nil })
      _ = try ana.takeSnapshot(of: run, draft) { _ in
        SnapshotDraft.Rest(
          files: [
            (TreePath("code.json"), Array("{\"left_out\":[\(leftOut)]}\n".utf8)),
            (TreePath("config/resolved.json"), Array("{}\n".utf8)),
          ], message: "r\n")
      }
      return try ana.audit(run)
    }
    func item(_ path: String, _ reason: LeftOut.Reason) -> String {
      "{\"path\": \"\(path)\", \"reason\": \"\(reason.words)\"}"
    }
    let whole = try taken(
      leftOut: item(".env", .secretName) + "," + item("k", .secret("a token")))
    #expect(check(whole, .code)?.state == .ok)
    #expect(check(whole, .config)?.found == "params alone, no config")
    let lacking = try taken(leftOut: item("big.csv", .tooLarge(bytes: 1 << 40)))
    #expect(check(lacking, .code)?.state == .partly)
    #expect(check(lacking, .code)?.found.hasSuffix("without big.csv") == true)
  }
}
