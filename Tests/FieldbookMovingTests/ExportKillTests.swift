import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// The built program goes in the middle of sending, the server stays.
@Suite("kill -9 while a workspace goes out to a server")
struct ExportKillTests {
  private let binary: Binary

  init() throws { binary = try Binary() }

  private func workspace(_ person: String) throws -> Workspace {
    let home = binary.root + "/home-" + person
    return try Workspace.open(
      binary.root + "/" + person,
      environment: .live(["HOME": home, "XDG_STATE_HOME": home + "/state", "USER": person]))
  }

  @Test("again, it goes on: in the end all is there, and nothing twice")
  func kills() throws {
    for person in ["ana", "bo", "cleo"] { try binary.initialize(person, as: person) }
    var generator = SeededGenerator(seed: 5)
    let taken = try binary.run(
      "import", "mlflow", Stores.fixtures + "/mlflow-3/mlruns", "--dir", "ana", as: "ana")
    #expect(taken.status == 0, "\(taken.err)")
    let left = try workspace("ana")
    try left.recordAnything(&generator)
    let server = try binary.startServer("bo", as: "bo")
    defer { server.process.stop() }
    let words = ["export", "mlflow", server.url, "--dir", "ana"]
    // What is there already is found faster than it is sent: the moments come closer. One that came too late says nothing.
    var patience: UInt32 = 400_000
    var killed = 0
    for _ in 0..<40 where killed < 8 {
      let delay = UInt32.random(in: patience / 8...patience, using: &generator)
      if try binary.start(words, as: "ana").crash(after: delay) == 128 + SIGKILL {
        killed += 1
      } else {
        patience = max(20_000, patience / 2)
      }
    }
    #expect(killed == 8)
    let whole = try binary.run(words, as: "ana")
    #expect(whole.status == 0, "\(whole.err)\(whole.out)")
    let middle = try workspace("bo")
    let before = try middle.stateHash()
    #expect(try binary.run(words, as: "ana").status == 0)
    #expect(try middle.stateHash() == before)
    #expect(try middle.allRuns().count == left.allRuns().count)
    let back = try binary.run("import", "mlflow", server.url, "--dir", "cleo", as: "cleo")
    #expect(back.status == 0, "\(back.err)\(back.out)")
    #expect(try Content(workspace("cleo")).differences(from: Content(left)) == [])
  }
}
