import FieldbookTestSupport
import Foundation
import Testing

@Suite("A damaged replica, through the program", .serialized)
struct MendingProgramTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test("says so in one line, is mended without a loss, and a sync brings the rest")
  func mended() throws {
    let (hub, _) = try fieldbook.startTeam(["ana"])
    defer { hub.stop() }
    for number in 0..<5 {
      try fieldbook.run(
        "start", "--name", "r\(number)", "--tag", "k=v", "--dir", "ana", "--quiet", as: "ana")
    }
    #expect(try fieldbook.sync("ana").status == 0)
    try fieldbook.run("start", "--name", "unsent", "--dir", "ana", "--quiet", as: "ana")
    let file = fieldbook.root + "/ana/.fieldbook/replica.sqlite"
    var bytes = try #require(FileManager.default.contents(atPath: file))
    for index in 0..<min(100, bytes.count) { bytes[index] = 0x7A }
    try bytes.write(to: URL(fileURLWithPath: file))
    for words in [["runs"], ["status"], ["tag", "r1", "a=b"], ["sync"], ["doctor"]] {
      let answer = try fieldbook.run(words + ["--dir", "ana"], as: "ana")
      let lines = answer.err.split(separator: "\n")
      #expect(answer.status == 1 && lines.count == 2, "\(words): \(answer.err)")
      #expect(lines.first?.contains("the replica's database is damaged") == true)
      #expect(lines.last?.contains("fieldbook doctor --fix") == true)
    }
    #expect(FileManager.default.contents(atPath: file) == bytes, "nobody wrote into it")
    let answer = try fieldbook.run("doctor", "--fix", "--dir", "ana", "--json", as: "ana")
    #expect(answer.status == 0, "\(answer.err)")
    let aside = try #require(answer.json["set_aside"] as? String)
    #expect(FileManager.default.contents(atPath: aside + "/replica.sqlite") == bytes)
    #expect(try fieldbook.sync("ana").status == 0)
    #expect(try fieldbook.stateHash("ana") == fieldbook.stateHash("hub"))
    let shown = try fieldbook.run("show", "unsent", "--dir", "hub", "--json", as: "hub")
    #expect(shown.status == 0, "what was not sealed was saved: \(shown.err)")
    #expect(try fieldbook.ailments("ana") == [])
  }

  @Test("a server that uses it is named, and nothing is moved under it")
  func inUse() throws {
    try fieldbook.initialize("w", as: "ana")
    let (server, _) = try fieldbook.startServer("w", as: "ana")
    let file = fieldbook.root + "/w/.fieldbook/replica.sqlite"
    let handle = try #require(FileHandle(forUpdatingAtPath: file))
    try handle.write(contentsOf: Data(repeating: 0x7A, count: 16))
    try handle.close()
    let answer = try fieldbook.run("doctor", "--fix", "--dir", "w", as: "ana")
    #expect(answer.status == 1)
    #expect(answer.err.contains("is in use by process \(server.id)"))
    #expect(!FileManager.default.fileExists(atPath: fieldbook.root + "/w/.fieldbook/set-aside"))
    server.stop()
    #expect(try fieldbook.run("doctor", "--fix", "--dir", "w", as: "ana").status == 0)
  }
}
