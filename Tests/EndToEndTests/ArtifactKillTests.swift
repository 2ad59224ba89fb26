import Crypto
import FieldbookModel
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
    for _ in 0..<12 {
      let bytes = [UInt8](repeating: UInt8.random(in: 0...255, using: &generator), count: 8 << 20)
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      let victim = try fieldbook.start(
        ["log", "artifact", file, "--run", "r", "--dir", "ana"], as: "ana")
      victim.crash(after: UInt32.random(in: 0...120_000, using: &generator))
    }
    let again = try fieldbook.run("log", "artifact", file, "--run", "r", "--dir", "ana", as: "ana")
    #expect(again.status == 0, "\(again.err)")
    let objects = fieldbook.root + "/ana/.fieldbook/objects"
    let names = try FileManager.default.subpathsOfDirectory(atPath: objects).filter { $0.count > 2 }
    #expect(!names.isEmpty)
    for name in names {
      let content = try Data(contentsOf: URL(fileURLWithPath: objects + "/" + name))
      #expect(Hex.encode(SHA256.hash(data: content)) == name.filter { $0 != "/" })
    }
    #expect(try fieldbook.ailments("ana") == [])
  }
}
