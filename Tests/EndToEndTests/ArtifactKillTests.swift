import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import Foundation
import Testing

@Suite("kill -9 while artifacts are put")
struct ArtifactKillTests {
  @Test("leaves whole objects only, and the file can be put again")
  func kills() throws {
    let fieldbook = try Binary()
    try fieldbook.initialize("ana", as: "ana", run: "r")
    let file = fieldbook.root + "/weights.bin"
    var generator = SeededGenerator(seed: 29)
    for round in 0..<12 {
      // Some lie whole, some in chunks.
      let count = round.isMultiple(of: 3) ? 1 << 20 : 8 << 20
      let bytes = (0..<count / 4096).flatMap { _ in
        [UInt8](repeating: UInt8.random(in: 0...255, using: &generator), count: 4096)
      }
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      let victim = try fieldbook.start(
        ["log", "artifact", file, "--run", "r", "--dir", "ana"], as: "ana")
      victim.crash(after: UInt32.random(in: 0...120_000, using: &generator))
    }
    let again = try fieldbook.run("log", "artifact", file, "--run", "r", "--dir", "ana", as: "ana")
    #expect(again.status == 0, "\(again.err)")
    let store = try ContentStore(folder: fieldbook.root + "/ana/.fieldbook")
    let contents = try store.all()
    #expect(!contents.isEmpty)
    for content in contents { #expect(try store.verify(content)) }
    #expect(try fieldbook.ailments("ana") == [])
  }
}
