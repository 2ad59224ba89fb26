import FieldbookTestSupport
import Foundation
import Testing

@Suite("Backups through the program", .serialized)
struct BackupProgramTests {
  let fieldbook: Binary

  init() throws {
    fieldbook = try Binary()
    try fieldbook.initialize("w", as: "ana", run: "r")
  }

  private func tags(_ dir: String) throws -> Set<String> {
    let shown = try fieldbook.run("show", "r", "--dir", dir, "--json", as: "ana").json
    return Set((shown["tags"] as? [String: String] ?? [:]).keys)
  }

  /// Each writer notes a tag in a file of its own once the command that set it has ended well.
  @Test("made while others write, one holds all that was acknowledged before it was begun")
  func whileWriting() throws {
    let script = """
      i=0; while [ ! -e stop ]; do i=$((i+1))
        "$0" log tag k$1-$i=v --run r --dir w --quiet && echo k$1-$i >> acknowledged-$1
      done
      """
    let writers = try (0..<3).map { number in
      try fieldbook.shell(script, [String(number)], as: "ana").start()
    }
    func acknowledged() -> Set<String> {
      Set(
        (0..<3).flatMap { number in
          (try? String(contentsOfFile: fieldbook.root + "/acknowledged-\(number)", encoding: .utf8))?
            .split(separator: "\n").map(String.init) ?? []
        })
    }
    var promised: [(Set<String>, String)] = []
    while promised.count < 4 {
      let before = acknowledged()
      guard before.count > promised.count * 5 else {
        usleep(10_000)
        continue
      }
      let answer = try fieldbook.run("backup", "vault", "--dir", "w", "--json", as: "ana")
      #expect(answer.status == 0, "\(answer.err)")
      promised.append((before, try #require(answer.json["backup"] as? String)))
    }
    _ = FileManager.default.createFile(atPath: fieldbook.root + "/stop", contents: nil)
    for writer in writers { writer.wait() }
    for (index, (before, path)) in promised.enumerated() {
      #expect(try fieldbook.run("backup", "verify", path, as: "ana").status == 0)
      let dir = "restored-\(index)"
      let answer = try fieldbook.run("backup", "restore", path, dir, "--json", as: "cy")
      #expect(answer.status == 0, "\(answer.err)")
      #expect(answer.json["new_device"] as? Bool == true)
      #expect(try before.isSubset(of: tags(dir)))
    }
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test("a SIGKILL leaves a whole backup or none")
  func kills() throws {
    let file = fieldbook.root + "/weights.bin"
    try Data(count: 24 << 20).write(to: URL(fileURLWithPath: file))
    try fieldbook.run("log", "artifact", file, "--run", "r", "--dir", "w", as: "ana")
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<10 {
      let victim = try fieldbook.start(["backup", "vault", "--dir", "w"], as: "ana")
      victim.crash(after: UInt32.random(in: 0...150_000, using: &generator))
      let vault = fieldbook.root + "/vault"
      for name in (try? FileManager.default.contentsOfDirectory(atPath: vault)) ?? []
      where !name.hasPrefix(".") {
        #expect(try fieldbook.run("backup", "verify", "vault/" + name, as: "ana").status == 0)
      }
    }
    #expect(try fieldbook.run("backup", "vault", "--dir", "w", as: "ana").status == 0)
    let remains = try FileManager.default.contentsOfDirectory(atPath: fieldbook.root + "/vault")
    #expect(!remains.contains { $0.hasPrefix(".partial") })
  }

  @Test("a replica in use is not set aside")
  func inUse() throws {
    #expect(try fieldbook.run("backup", "vault", "--dir", "w", as: "ana").status == 0)
    let (server, _) = try fieldbook.startServer("w", as: "ana")
    let refused = try fieldbook.run("backup", "restore", "vault", "w", as: "ana")
    #expect(refused.status == 1)
    #expect(refused.err.contains("is in use by process \(server.id)"))
    server.stop()
    let answer = try fieldbook.run("backup", "restore", "vault", "w", "--json", as: "ana")
    #expect(answer.status == 0, "\(answer.err)")
    #expect(answer.json["set_aside"] is String && answer.json["pending"] as? Bool == false)
  }
}
