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

  @Test("two laptops, a hub, a conflict, one truth")
  func story() throws {
    let (hub, url) = try fieldbook.startHub()
    defer { hub.stop() }
    try fieldbook.clone("ana", url)
    try fieldbook.clone("bo", url)
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
    let hashes = try ["ana", "bo", "hub"].map { try fieldbook.stateHash($0) }
    #expect(Set(hashes).count == 1 && !hashes[0].isEmpty, "\(hashes)")
    let shown = try fieldbook.run("show", id, "--dir", "ana", "--json", as: "ana").json
    #expect(shown["description"] as? String == "bo's words")
  }
}
