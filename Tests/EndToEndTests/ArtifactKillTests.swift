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

  /// Recorders, syncs and the hub are killed while snapshots, small files and large ones are written and travel.
  @Test("in a team: git finds nothing wrong with any replica, and all contents arrive whole")
  func team() throws {
    let fieldbook = try Binary()
    var (hub, url) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    let port = try #require(URL(string: url)?.port)
    let git = try GitFolder(fieldbook.root + "/project")
    var generator = SeededGenerator(seed: 37)
    func noise(_ count: Int) -> Data {
      Data(
        (0..<count / 64).flatMap { _ in
          [UInt8](repeating: UInt8.random(in: 0...255, using: &generator), count: 64)
        })
    }
    for round in 0..<KillTests.rounds / 2 {
      for number in 0..<(round.isMultiple(of: 2) ? 60 : 4) {
        try git.write("\(round) \(generator.next())", to: "src/\(number).py")
      }
      // In the snapshot they are pointers.
      for (name, count) in [("w.bin", 3 << 20), ("small.bin", 9000)] {
        try noise(count).write(to: URL(fileURLWithPath: git.path + "/" + name))
      }
      let recorder = try fieldbook.shell(
        "cd project && exec \"$0\" run --dir ../ana -q --name r\(round) -- "
          + "\"$0\" log artifact -q --dir ../ana w.bin small.bin", as: "ana"
      ).start()
      usleep(UInt32.random(in: 0...400_000, using: &generator))
      if generator.chance(60) { recorder.crash() }
      recorder.wait()
      let syncs = try ["ana", "bo"].map { try fieldbook.start(["sync", "--dir", $0], as: $0) }
      usleep(UInt32.random(in: 0...150_000, using: &generator))
      if round.isMultiple(of: 3) {
        hub.crash()
        (hub, url) = try fieldbook.startHub(port: port)
      }
      for sync in syncs {
        if generator.chance(60) { sync.crash() }
        sync.wait()
      }
    }
    let last = try fieldbook.shell(
      "cd project && \"$0\" run --dir ../ana -q --name last -- "
        + "\"$0\" log artifact -q --dir ../ana w.bin small.bin", as: "ana"
    ).answer()
    #expect(last.status == 0, "\(last.err)")
    #expect(try fieldbook.syncTwice(["ana", "bo"]) == [])
    var held: [Set<ContentDigest>] = []
    for person in ["ana", "bo", "hub"] {
      let repository = GitFolder(reading: "\(fieldbook.root)/\(person)/.fieldbook/repository.git")
      #expect(
        try repository.git("fsck", "--full", "--strict", "--no-dangling").isEmpty, "\(person)")
      #expect(try fieldbook.ailments(person) == [])
      let store = try ContentStore(folder: "\(fieldbook.root)/\(person)/.fieldbook")
      let contents = try store.all()
      for content in contents { #expect(try store.verify(content), "\(person)") }
      held.append(Set(contents))
      let files = try fieldbook.run(
        "artifacts", "ls", "last", "--dir", person, "--json", as: person)
      let here = (files.json["artifacts"] as? [[String: Any]])?.map { $0["here"] as? Bool }
      #expect(here?.count ?? 0 > 3 && here?.allSatisfy { $0 == true } == true, "\(files.out)")
    }
    // What a recorder put before it could say so stays with it alone, until gc.
    #expect(held[1] == held[2] && held[0].isSuperset(of: held[1]) && !held[1].isEmpty)
    let out = try fieldbook.run("checkout", "last", "out", "--dir", "bo", as: "bo")
    #expect(out.status == 0, "\(out.err)")
    let same = try fieldbook.shell("diff -r -x .git project out/code", as: "bo").answer()
    #expect(same.status == 0, "\(same.out)")
  }
}
