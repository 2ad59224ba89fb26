import FieldbookTestSupport
import Foundation
import Testing

/// `sync --watch` as a thing that one leaves on.
@Suite("Watch", .serialized)
struct WatchTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test("news come both ways by themselves, also after the hub was away; SIGTERM ends it cleanly")
  func liveTail() throws {
    var (hub, url) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    let watch = try fieldbook.start(["sync", "--watch", "--dir", "ana"], as: "ana")
    defer { watch.stop() }
    func start(_ name: String, as person: String) throws {
      let answer = try fieldbook.run("start", "--name", name, "--dir", person, as: person)
      #expect(answer.status == 0, "\(answer.err)")
    }
    func arrives(_ name: String, at person: String) throws {
      try waitUntil("\(name) at \(person)") {
        try fieldbook.run("show", name, "--dir", person, as: person).status == 0
      }
    }
    try start("from-bo", as: "bo")
    #expect(try fieldbook.sync("bo").status == 0)
    try arrives("from-bo", at: "ana")
    try start("from-ana", as: "ana")
    try arrives("from-ana", at: "hub")
    let port = try #require(URL(string: url)?.port)
    hub.crash()
    try start("while-away", as: "ana")
    // Honest at any time: what fails, and since when.
    func trouble() throws -> [String: Any] {
      let status = try fieldbook.run("status", "--dir", "ana", "--json", as: "ana").json
      return (status["remotes"] as? [[String: Any]])?.first ?? [:]
    }
    try waitUntil("the failure in status") { try trouble()["error"] is String }
    #expect(try trouble()["failing_since"] is String)
    #expect(try trouble()["last_sync"] is String)
    let told = try fieldbook.run("remote", "show", "origin", "--dir", "ana", as: "ana")
    #expect(told.out.contains("origin fails since "), "\(told.out)")
    (hub, url) = try fieldbook.startHub(port: port)
    try arrives("while-away", at: "hub")
    try waitUntil("the recovery in status") { try trouble()["error"] is NSNull }
    #expect(watch.stop() == 0)
    // The same while there is nobody to talk to.
    hub.stop()
    let lonely = try fieldbook.start(["sync", "--watch", "--dir", "ana"], as: "ana")
    try waitUntil("the failure in status") { try trouble()["error"] is String }
    #expect(lonely.stop() == 0)
    (hub, url) = try fieldbook.startHub(port: port)
    #expect(try fieldbook.ailments("ana") == [])
  }
}
