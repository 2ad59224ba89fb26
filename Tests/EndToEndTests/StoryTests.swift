import FieldbookTestSupport
import Foundation
import Testing

@Suite("End to end", .serialized)
struct StoryTests {
  let folder: TemporaryFolder
  let fieldbook: Binary

  init() throws {
    folder = try TemporaryFolder()
    fieldbook = Binary(root: folder.path)
  }

  private func clone(_ person: String, _ url: String) throws {
    let code = try fieldbook.run("invite", "--dir", "hub", "--quiet", as: "hub").out
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let answer = try fieldbook.run("clone", url, person, "--code", code, as: person)
    #expect(answer.status == 0, "\(answer.err)")
  }

  private func stateHash(_ person: String) throws -> String {
    try fieldbook.run("status", "--dir", person, "--json", as: person).json["state_hash"] as? String
      ?? ""
  }

  @Test("two laptops, a hub, a conflict, one truth")
  func story() throws {
    let (hub, url) = try fieldbook.startHub()
    defer {
      hub.terminate()
      hub.waitUntilExit()
    }
    try clone("ana", url)
    try clone("bo", url)
    let run = try fieldbook.run(
      "run", "--dir", "ana", "--json", "--experiment", "churn", "-p", "lr=0.1", "--", "sh", "-c",
      "echo trained; exit 3", as: "ana")
    #expect(run.status == 3)
    let id = try #require(run.json["run_id"] as? String)
    #expect(run.json["status"] as? String == "FAILED")
    #expect(try fieldbook.run("logs", id, "--dir", "ana", as: "ana").out == "trained\n")
    #expect(try fieldbook.run("sync", "--dir", "ana", as: "ana").status == 0)
    #expect(try fieldbook.run("sync", "--dir", "bo", as: "bo").status == 0)
    try fieldbook.run("describe", id, "ana's words", "--dir", "ana", as: "ana")
    try fieldbook.run("describe", id, "bo's words", "--dir", "bo", as: "bo")
    #expect(try fieldbook.run("sync", "--dir", "ana", as: "ana").status == 0)
    #expect(try fieldbook.run("sync", "--dir", "bo", as: "bo").status == 3)
    let conflicts = try fieldbook.run("conflicts", "--dir", "bo", "--json", as: "bo").json[
      "conflicts"]
    let conflict = try #require((conflicts as? [[String: Any]])?.first)
    let conflictID = try #require(conflict["id"] as? String)
    #expect(
      try fieldbook.run("conflicts", "resolve", conflictID, "--take", "z", "--dir", "bo", as: "bo")
        .status == 1)
    #expect(
      try fieldbook.run(
        "conflicts", "resolve", conflictID, "--take", "mine", "--dir", "bo", as: "bo"
      ).status == 0)
    for _ in 0..<2 {
      for person in ["bo", "ana"] { try fieldbook.run("sync", "--dir", person, as: person) }
    }
    let hashes = try ["ana", "bo", "hub"].map { try stateHash($0) }
    #expect(Set(hashes).count == 1 && !hashes[0].isEmpty, "\(hashes)")
    let shown = try fieldbook.run("show", id, "--dir", "ana", "--json", as: "ana").json
    #expect(shown["description"] as? String == "bo's words")
  }

  @Test("kill -9 of the hub, of a sync and of a recorder loses nothing that was acknowledged")
  func kills() throws {
    let rounds = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_FULL"] == nil ? 30 : 300
    var (hub, url) = try fieldbook.startHub()
    try clone("ana", url)
    let start = try fieldbook.run(
      "start", "--dir", "ana", "--experiment", "kills", "--quiet", as: "ana")
    let run = start.out.trimmingCharacters(in: .whitespacesAndNewlines)
    var acknowledged: [String] = []
    var generator = SeededGenerator(seed: 17)
    let port = try #require(URL(string: url)?.port)
    for round in 0..<rounds {
      let key = "k\(round)"
      let victim = try fieldbook.start(
        round.isMultiple(of: 3)
          ? ["sync", "--dir", "ana"] : ["log", "tag", "\(key)=yes", "--run", run, "--dir", "ana"],
        as: "ana")
      usleep(UInt32.random(in: 0...60_000, using: &generator))
      if round.isMultiple(of: 5) {
        kill(hub.processIdentifier, SIGKILL)
        hub.waitUntilExit()
        (hub, url) = try fieldbook.startHub(port: port)
      }
      if generator.chance(70) { kill(victim.processIdentifier, SIGKILL) }
      victim.waitUntilExit()
      if victim.terminationReason == .exit, victim.terminationStatus == 0, !round.isMultiple(of: 3)
      {
        acknowledged.append(key)
      }
    }
    #expect(try fieldbook.run("sync", "--dir", "ana", as: "ana").status == 0)
    let shown = try fieldbook.run("show", run, "--dir", "hub", "--json", as: "hub").json
    let tags = shown["tags"] as? [String: String] ?? [:]
    #expect(
      acknowledged.allSatisfy { tags[$0] == "yes" },
      "\(acknowledged.count) acknowledged, there: \(tags.count)")
    for person in ["ana", "hub"] {
      let doctor = try fieldbook.run("doctor", "--dir", person, "--json", as: person).json
      let checks = doctor["checks"] as? [[String: Any]] ?? []
      let failed = checks.filter { $0["ok"] as? Bool != true }
      #expect(!checks.isEmpty && failed.isEmpty, "\(failed)")
    }
    #expect(try stateHash("ana") == stateHash("hub"))
    hub.terminate()
    hub.waitUntilExit()
    #expect(hub.terminationStatus == 0, "SIGTERM ends it cleanly")
  }

  @Test("wrong input: one clear line, a hint, the documented status")
  func wrongInput() throws {
    func expect(_ words: String..., status: Int32, says: String) throws {
      let answer = try fieldbook.run(words, as: "ana")
      #expect(answer.status == status, "\(words): \(answer.err)")
      #expect(answer.err.contains(says), "\(words): \(answer.err)")
      #expect(answer.err.contains("hint:") || status == 64, "\(words): \(answer.err)")
    }
    try expect("runs", status: 1, says: "no replica")
    try expect("nosuchverb", status: 64, says: "not a fieldbook command")
    try fieldbook.run("init", "w", "--quiet", as: "ana")
    let run = try fieldbook.run("start", "--dir", "w", "--quiet", as: "ana").out
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try expect("sync", "--dir", "w", status: 1, says: "no remote")
    try expect("show", "zzzz", "--dir", "w", status: 1, says: "no run matches")
    try expect("runs", "metrics.", "--dir", "w", status: 1, says: "filter")
    try expect(
      "conflicts", "resolve", "abcd", "--take", "a", "--dir", "w", status: 1, says: "no conflict")
    try expect(
      "clone", "http://127.0.0.1:1", "x", "--code", "fb1-nonsense", status: 1, says: "invite code")
    try expect("clone", "http://127.0.0.1:1", "x", status: 1, says: "needs a code")
    try expect(
      "tag", run, "k=" + String(repeating: "x", count: 100_000), "--dir", "w", status: 1,
      says: "limit")
    try fieldbook.run("bundle", "create", "whole.bundle", "--dir", "w", as: "ana")
    let bundle = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/whole.bundle"))
    try bundle.dropLast(7).write(to: URL(fileURLWithPath: folder.path + "/cut.bundle"))
    try expect("bundle", "apply", "cut.bundle", "--dir", "w", status: 1, says: "damaged")
    try fieldbook.run("init", "other", "--quiet", as: "bo")
    let other = try fieldbook.run("bundle", "apply", "whole.bundle", "--dir", "other", as: "bo")
    #expect(other.status == 1 && other.err.contains("another workspace"))
    let doctor = try fieldbook.run("doctor", "--dir", "w", as: "ana")
    #expect(doctor.status == 0, "\(doctor.out)")
  }
}
