import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import Foundation
import Testing

@Suite("Several programs at large files")
struct LargeProcessTests {
  let fieldbook: Binary
  private let shared = noise(6_000_000, seed: 1)

  init() throws {
    fieldbook = try Binary()
    try fieldbook.initialize("ana", as: "ana", run: "r")
  }

  private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count / 8).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }
  }

  /// A file of which most is the same as in all others.
  private func file(_ name: String, seed: UInt64) throws -> String {
    let path = fieldbook.root + "/" + name
    try Data(shared + Self.noise(2_000_000, seed: seed)).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func put(_ file: String) throws -> Child {
    try fieldbook.start(["log", "artifact", file, "--run", "r", "--dir", "ana"], as: "ana")
  }

  private var replica: String { fieldbook.root + "/ana/.fieldbook" }

  private func findings() throws -> [String: String] {
    let answer = try fieldbook.run(
      "artifacts", "verify", "r", "--dir", "ana", "--json", as: "ana")
    let files = try #require(answer.json["artifacts"] as? [[String: Any]])
    return Dictionary(
      uniqueKeysWithValues: files.map {
        ($0["path"] as? String ?? "", $0["finding"] as? String ?? "")
      })
  }

  /// Everything that is here was put long ago.
  private func age() throws {
    for sub in ["objects", "large/recipes", "large/packs"] {
      for name in try FileManager.default.subpathsOfDirectory(atPath: replica + "/" + sub) {
        var old = [timespec](repeating: timespec(tv_sec: 1_000_000_000, tv_nsec: 0), count: 2)
        utimensat(AT_FDCWD, replica + "/" + sub + "/" + name, &old, 0)
      }
    }
  }

  @Test("two put at once what they share; one is killed, and the other's is whole")
  func atOnce() throws {
    let both = try [file("a.bin", seed: 2), file("b.bin", seed: 3)].map { try put($0) }
    #expect(both.map { $0.wait() } == [0, 0])
    var expected = ["a.bin": "ok", "b.bin": "ok"]
    #expect(try findings() == expected)
    var generator = SeededGenerator(seed: 5)
    for round in 0..<5 {
      let (killed, other) = ("k\(round).bin", "o\(round).bin")
      let victim = try put(try file(killed, seed: UInt64(round) + 10))
      let survivor = try put(try file(other, seed: UInt64(round) + 20))
      victim.crash(after: UInt32.random(in: 0...250_000, using: &generator))
      #expect(survivor.wait() == 0)
      expected[other] = "ok"
    }
    let found = try findings()
    #expect(found.values.allSatisfy { $0 == "ok" })
    #expect(found.filter { $0.key.hasPrefix("k") == false } == expected)
    let store = try ContentStore(folder: replica)
    for content in try store.all() { #expect(try store.verify(content)) }
    // Nine tenths and more of seven files are the same bytes.
    let packs = try FileManager.default.subpathsOfDirectory(atPath: replica + "/large/packs")
    let bytes = try packs.reduce(0) { sum, pack in
      let path = replica + "/large/packs/" + pack
      return sum + (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0)
    }
    #expect(bytes < 12 * 8_000_000 * 2 / 3)
    #expect(try fieldbook.ailments("ana") == [])
  }

  @Test("gc asks, does what it said, is killed at any point, and takes nothing that is named")
  func collecting() throws {
    #expect(try put(try file("a.bin", seed: 2)).wait() == 0)
    let orphans: [ContentDigest] = try (0..<4).map { index in
      // By a program that was killed before it could name them.
      let store = try ContentStore(folder: replica)
      let path = try file("o\(index)", seed: UInt64(index) + 30)
      if index == 0 { return try store.put(bytes: [1, 2, 3]).0 }
      return try store.put(file: path).0
    }
    func gc(_ words: String...) throws -> Binary.Answer {
      try fieldbook.run(["gc", "--grace", "1h", "--dir", "ana"] + words, as: "ana")
    }
    func digests(_ answer: Binary.Answer, _ name: String) -> Set<String> {
      Set((answer.json[name] as? [[String: Any]] ?? []).compactMap { $0["digest"] as? String })
    }
    let young = try gc("--json")
    #expect(young.status == 0 && digests(young, "young") == Set(orphans.map(\.hex)))
    #expect(digests(young, "discarded").isEmpty)
    try age()
    let asked = try gc()
    #expect(asked.status == 1 && asked.err.contains("--yes"), "\(asked.err)")
    #expect(asked.out.contains("to the trash"))
    let plan = try gc("--dry-run", "--json")
    #expect(digests(plan, "discarded") == Set(orphans.map(\.hex)))
    #expect(plan.json["done"] as? Bool == false)
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<6 {
      let victim = try fieldbook.start(
        ["gc", "--grace", "1h", "--yes", "--dir", "ana"], as: "ana")
      victim.crash(after: UInt32.random(in: 0...120_000, using: &generator))
      #expect(try findings() == ["a.bin": "ok"])
    }
    let done = try gc("--yes", "--json")
    #expect(done.status == 0, "\(done.err)")
    let store = try ContentStore(folder: replica)
    #expect(try store.discarded() == Set(orphans))
    for orphan in orphans { #expect(!store.contains(orphan)) }
    let back = try fieldbook.run("gc", "--undo", "--dir", "ana", "--json", as: "ana")
    #expect(Set(back.json["restored"] as? [String] ?? []) == Set(orphans.map(\.hex)))
    for orphan in orphans { #expect(try store.verify(orphan)) }
    #expect(try findings() == ["a.bin": "ok"])
    #expect(try fieldbook.ailments("ana") == [])
  }

  @Test("verify names what is damaged, again and again, and mends nothing by itself")
  func damaged() throws {
    let path = try file("a.bin", seed: 2)
    #expect(try put(path).wait() == 0)
    let note = fieldbook.root + "/note.txt"
    try "fine".write(toFile: note, atomically: true, encoding: .utf8)
    #expect(try put(note).wait() == 0)
    let pack = try #require(
      try FileManager.default.contentsOfDirectory(atPath: replica + "/large/packs").first)
    chmod(replica + "/large/packs/" + pack, 0o600)
    let handle = try #require(
      FileHandle(forUpdatingAtPath: replica + "/large/packs/" + pack))
    try handle.seek(toOffset: 500_000)
    try handle.write(contentsOf: [1, 2, 3, 4])
    try handle.close()
    func verify(_ words: String...) throws -> Binary.Answer {
      try fieldbook.run(["artifacts", "verify"] + words + ["--dir", "ana"], as: "ana")
    }
    for _ in 0..<2 {
      let one = try verify("r")
      #expect(one.status == 4 && one.out.contains("damaged"), "\(one.out)")
      let all = try verify("--json")
      #expect(all.status == 4 && all.json["damaged"] as? Int == 1 && all.json["ok"] as? Int == 1)
    }
    #expect(try verify("r", "note.txt").status == 0)
    #expect(try verify("r", "a.bin").status == 4)
    #expect(try verify("r", "b.bin").status == 1)
    #expect(try put(path).wait() == 0)
    let mended = try verify()
    #expect(mended.status == 0 && mended.out.contains("2 ok"), "\(mended.out)")
  }
}
