import FieldbookTestSupport
import Foundation
import Testing

/// SIGKILL at random moments: what was acknowledged is there, and nothing is damaged.
@Suite("kill -9", .serialized)
struct KillTests {
  static let rounds =
    ProcessInfo.processInfo.environment["FIELDBOOK_TEST_FULL"] == nil ? 30 : 300
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test("of the hub, of a sync and of a recorder")
  func kills() throws {
    var (hub, url) = try fieldbook.startHub()
    try fieldbook.clone("ana", url)
    let start = try fieldbook.run(
      "start", "--dir", "ana", "--experiment", "kills", "--quiet", as: "ana")
    let run = start.out.trimmingCharacters(in: .whitespacesAndNewlines)
    var acknowledged: [String] = []
    var generator = SeededGenerator(seed: 17)
    let port = try #require(URL(string: url)?.port)
    for round in 0..<KillTests.rounds {
      let key = "k\(round)"
      let victim = try fieldbook.start(
        round.isMultiple(of: 3)
          ? ["sync", "--dir", "ana"] : ["log", "tag", "\(key)=yes", "--run", run, "--dir", "ana"],
        as: "ana")
      usleep(UInt32.random(in: 0...60_000, using: &generator))
      if round.isMultiple(of: 5) {
        hub.crash()
        (hub, url) = try fieldbook.startHub(port: port)
      }
      if generator.chance(70) { victim.crash() }
      if victim.wait() == 0, !round.isMultiple(of: 3) { acknowledged.append(key) }
    }
    #expect(try fieldbook.sync("ana").status == 0)
    let shown = try fieldbook.run("show", run, "--dir", "hub", "--json", as: "hub").json
    let tags = shown["tags"] as? [String: String] ?? [:]
    #expect(
      acknowledged.allSatisfy { tags[$0] == "yes" },
      "\(acknowledged.count) acknowledged, there: \(tags.count)")
    for person in ["ana", "hub"] { #expect(try fieldbook.ailments(person) == []) }
    #expect(try fieldbook.stateHash("ana") == fieldbook.stateHash("hub"))
    #expect(hub.stop() == 0, "SIGTERM ends it cleanly")
  }

  @Test("of init: the same words make the replica")
  func makings() throws {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<12 {
      let dir = "made\(round)"
      let victim = try fieldbook.start(["init", dir], as: "ana")
      usleep(UInt32.random(in: 0...90_000, using: &generator))
      let wasDone = victim.crash() == 0
      let again = try fieldbook.run("init", dir, as: "ana")
      let isThere = again.err.contains("holds a replica already")
      #expect(wasDone ? isThere : again.status == 0 || isThere, "\(round): \(again.err)")
      #expect(try fieldbook.run("start", "--dir", dir, as: "ana").status == 0)
      #expect(try fieldbook.ailments(dir) == [])
    }
  }

  /// The child logs points through the MLflow endpoint that `run` opened for it, and notes each one that was
  /// answered with 200.
  @Test("of a training run")
  func trainingRun() throws {
    let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/scripts/acknowledged.py").standardized.path
    try fieldbook.initialize("ana", as: "ana")
    var generator = SeededGenerator(seed: 23)
    var vanished = 0
    for round in 0..<KillTests.rounds {
      let notes = fieldbook.root + "/notes-\(round)"
      let victim = try fieldbook.start(
        ["run", "--dir", "ana", "--name", "round-\(round)", "--", python, script, notes],
        as: "ana")
      let deadline = Date().addingTimeInterval(20)
      while victim.isRunning, Date() < deadline,
        (try? Data(contentsOf: URL(fileURLWithPath: notes)))?.isEmpty != false
      {
        usleep(5000)
      }
      victim.crash(after: UInt32.random(in: 0...80_000, using: &generator))
      // The child may have noted a point whose answer came just before the kill: let it end.
      try waitUntil("the child, whose server is gone, ends", seconds: 20, every: 5000) {
        FileManager.default.fileExists(atPath: notes + ".ended")
      }
      let noted = try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n")
        .compactMap { Int($0) }
      let shown = try fieldbook.run("show", "round-\(round)", "--dir", "ana", "--json", as: "ana")
      let metrics = shown.json["metrics"] as? [String: [String: Any]] ?? [:]
      let count = metrics["loss"]?["count"] as? Int ?? 0
      #expect(!noted.isEmpty && count >= noted.count, "round \(round): \(noted.count), \(count)")
      #expect(count <= noted.count + 1, "at most the one that was under way")
      if shown.json["vanished"] as? Bool == true { vanished += 1 }
      #expect(shown.json["status"] as? String == "RUNNING")
    }
    #expect(vanished == KillTests.rounds, "a run whose process vanished is shown as such")
    #expect(try fieldbook.ailments("ana") == [])
  }
}
