import FieldbookTestSupport
import Foundation
import Testing

@Suite("End to end", .serialized)
struct StoryTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test("two laptops, a hub, a conflict, one truth")
  func story() throws {
    let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    let run = try fieldbook.run(
      "run", "--dir", "ana", "--json", "--experiment", "churn", "-p", "lr=0.1", "--", "sh", "-c",
      "echo trained; exit 3", as: "ana")
    #expect(run.status == 3)
    let id = try #require(run.json["run_id"] as? String)
    #expect(run.json["status"] as? String == "FAILED")
    #expect(try fieldbook.run("logs", id, "--dir", "ana", as: "ana").out == "trained\n")
    #expect(try fieldbook.sync("ana").status == 0)
    #expect(try fieldbook.sync("bo").status == 0)
    try fieldbook.run("describe", id, "ana's words", "--dir", "ana", as: "ana")
    try fieldbook.run("describe", id, "bo's words", "--dir", "bo", as: "bo")
    #expect(try fieldbook.sync("ana").status == 0)
    #expect(try fieldbook.sync("bo").status == 3)
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
    try fieldbook.syncTwice(["bo", "ana"])
    #expect(try fieldbook.stateHashes(["ana", "bo", "hub"]).count == 1)
    let shown = try fieldbook.run("show", id, "--dir", "ana", "--json", as: "ana").json
    #expect(shown["description"] as? String == "bo's words")
  }
}
