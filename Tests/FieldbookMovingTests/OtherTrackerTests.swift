import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

/// Folders that W&B 0.31, tensorboardX and TensorBoard's own writer wrote.
@Suite("Import from W&B and TensorBoard")
struct OtherTrackerTests {
  let folder: TemporaryFolder
  let workspace: Workspace

  init() throws {
    folder = try TemporaryFolder()
    workspace = try TestMachine.team(["solo"], root: folder.path, clock: ManualClock())[0]
  }

  private func copy(_ name: String) throws -> String {
    let place = folder.path + "/" + name
    try FileManager.default.copyItem(atPath: Stores.fixtures + "/" + name, toPath: place)
    return place
  }

  /// Files below a folder, in order.
  private func files(_ folder: String, _ ending: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.contains(ending) }
      .sorted().map { folder + "/" + $0 }
  }

  @Test("a run of W&B's: config, history, summary, words and files")
  func wandb() throws {
    let report = try Intake.run(try WandBFolder(path: Stores.fixtures + "/wandb"), into: workspace)
    #expect(report.gaps == [])
    #expect(report.left == [])
    let run = try workspace.runNamed("first")
    #expect(run.experimentName == "churn" && run.description == "about it")
    #expect(run.labels == ["base", "good"] && run.state.status == .failed)
    #expect(
      run.parameters
        == [
          "lr": "0.1", "layers": "[1,2]", "nested.a": "b", "on": "true", "none": "null",
          "late": "7",
        ])
    let loss = try workspace.metricHistory(run.id, key: "loss")
    #expect(loss.map(\.value) == [1, 0.5, 1.0 / 3, 0.25, 0.2])
    #expect(loss.map(\.step) == [0, 1, 2, 3, 4])
    #expect(loss.map(\.timestamp) == loss.map(\.timestamp).sorted())
    #expect(run.metrics["val.acc"]?.count == 5 && run.metrics["flag"]?.last.value == 1)
    #expect(run.metrics["odd"]?.last.value.isNaN == true)
    #expect(run.metrics["wide"]?.last.value == -.infinity)
    // Only in the summary: where the history ended.
    #expect(run.metrics["best"]?.last.value == 0.9 && run.metrics["best"]?.last.step == 5)
    #expect(run.tags["wandb.summary.word"] == "last" && run.tags["wandb.group"] == "g")
    #expect(run.artifacts.map(\.path).contains("kept.txt"))
    #expect(run.artifacts.contains { $0.path.hasPrefix("wandb/run-") })
  }

  @Test("a run of W&B's that was killed has all that was written")
  func killed() throws {
    try Intake.run(try WandBFolder(path: Stores.fixtures + "/wandb"), into: workspace)
    let run = try workspace.runNamed("second")
    let steps = try workspace.metricHistory(run.id, key: "loss").map(\.step)
    // W&B's own service outlives the script, and notes an end.
    #expect(run.state.status == .finished && steps.count > 100)
    #expect(steps == (0..<Int64(steps.count)).map { $0 })
  }

  @Test("a log cut anywhere gives what comes before, and goes on when it has grown")
  func cutLog() throws {
    let store = try copy("wandb")
    let log = try #require(try files(store, ".wandb").max { try size($0) < size($1) })
    let whole = try #require(FileManager.default.contents(atPath: log))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: log))
    try Intake.run(try WandBFolder(path: store), into: workspace)
    let half = try workspace.runNamed("second")
    #expect(half.tags["wandb.cut"] != nil && half.state.status == .running)
    try whole.write(to: URL(fileURLWithPath: log))
    let report = try Intake.run(try WandBFolder(path: store), into: workspace)
    #expect(report.gaps == [] && report.fresh[.runs] == 0)
    let grown = try workspace.run(half.id).metrics["loss"]?.count ?? 0
    #expect(grown > half.metrics["loss"]?.count ?? 0)
  }

  private func size(_ path: String) throws -> Int {
    (FileManager.default.contents(atPath: path) ?? Data()).count
  }

  @Test("a flipped bit in a log or an event file is said, and what comes before is there")
  func flipped() throws {
    let store = try copy("wandb")
    for log in try files(store, ".wandb") {
      var bytes = Array(try #require(FileManager.default.contents(atPath: log)))
      bytes[bytes.count / 2] ^= 4
      try Data(bytes).write(to: URL(fileURLWithPath: log))
    }
    let report = try Intake.run(try WandBFolder(path: store), into: workspace)
    #expect(report.left.map(\.kind) == [.points, .points] && !report.isComplete)
    #expect(try workspace.runNamed("second").metrics["loss"]?.count ?? 0 > 10)
    let events = try copy("tensorboard")
    let first = try #require(try files(events, "tfevents").first { !$0.contains("/hp/") })
    var bytes = Array(try #require(FileManager.default.contents(atPath: first)))
    bytes[bytes.count / 2] ^= 4
    try Data(bytes).write(to: URL(fileURLWithPath: first))
    let second = try Intake.run(try EventFolder(path: events, experiment: "tb"), into: workspace)
    #expect(second.left.map(\.kind) == [.points])
    #expect(try workspace.runNamed("first").metrics["loss"]?.count ?? 0 > 0)
  }

  @Test("event files: scalars of both kinds, hyperparameters, texts; the files stay")
  func tensorboard() throws {
    func take() throws -> MoveReport {
      try Intake.run(
        try EventFolder(path: Stores.fixtures + "/tensorboard", experiment: "tb"), into: workspace)
    }
    let report = try take()
    #expect(report.gaps == [])
    #expect(report.left == [])
    let first = try workspace.runNamed("first")
    #expect(first.experimentName == "tb" && first.tags["note"] == "hello *world*")
    #expect(first.tags["tensorboard.in_files_only"] == "1 histograms")
    let loss = try workspace.metricHistory(first.id, key: "loss")
    #expect(loss.map(\.timestamp) == (0..<5).map { 1_700_000_000_000 + $0 * 1000 })
    // As TensorBoard keeps them: with 32 bits.
    #expect(loss[2].value == Double(Float(1.0 / 3)))
    #expect(first.metrics["odd"]?.last.value.isNaN == true)
    #expect(first.metrics["odd"]?.last.timestamp == 1_700_000_003_500)
    #expect(try workspace.runNamed("second").metrics["acc"]?.count == 3)
    let session = try workspace.runNamed("first/hp")
    #expect(session.parameters == ["lr": "0.1", "optimizer": "adam", "norm": "True"])
    #expect(first.artifacts.count == 1 && first.artifacts[0].path.hasPrefix("tensorboard/events"))
    #expect(try take().fresh[.runs] == 0)
  }

  @Test("an event file cut anywhere gives what comes before")
  func cutEvents() throws {
    let path = try #require(
      try files(Stores.fixtures + "/tensorboard", "tfevents").first { !$0.contains("/hp/") })
    let whole = try #require(FileManager.default.contents(atPath: path))
    let cut = folder.path + "/events.out.tfevents.1.x"
    var last = 0
    for count in stride(from: 0, through: whole.count, by: 7) {
      try whole.prefix(count).write(to: URL(fileURLWithPath: cut))
      var events = 0
      let end = try EventFolder.each(cut) { _ in events += 1 }
      if case .damaged(let reason) = end { Issue.record("\(count): \(reason)") }
      #expect(events >= last)
      last = events
    }
    #expect(last > 5)
  }

  @Test("checks as the formats' own test vectors have them")
  func checks() {
    let digits = Array("123456789".utf8)
    #expect(CRC32.plain.of(digits[...]) == 0xcbf4_3926)
    #expect(CRC32.castagnoli.of(digits[...]) == 0xe306_9283)
    #expect(CRC32.plain.of(digits[..<4], digits[4...]) == 0xcbf4_3926)
  }

  @Test("folders that are none are said")
  func none() throws {
    #expect(throws: MovingFailure.self) { try WandBFolder(path: folder.path) }
    #expect(throws: MovingFailure.self) { try EventFolder(path: folder.path, experiment: "x") }
    #expect(throws: MovingFailure.self) { try FileStore(path: folder.path) }
  }
}
