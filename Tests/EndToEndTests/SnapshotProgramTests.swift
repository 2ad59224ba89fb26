import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@Suite("Snapshots, by the program")
struct SnapshotProgramTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  private var project: String { fieldbook.root + "/project" }

  private func repository(_ person: String) -> GitFolder {
    GitFolder(reading: "\(fieldbook.root)/\(person)/.fieldbook/repository.git")
  }

  private func run(_ script: String, as person: String) throws -> Command.Answer {
    try fieldbook.shell("cd project && " + script, as: person).answer()
  }

  @Test("a changed file and a module that nobody added are on the teammate's laptop as they ran")
  func story() throws {
    let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    let git = try GitFolder(project)
    try git.write("import helper\nprint(helper.answer())\n", to: "train.py")
    try git.commit("first")
    try git.write("import helper\nprint('it is', helper.answer())\n", to: "train.py")
    try git.write("def answer(): return 41 + 1\n", to: "helper.py")
    try git.write("PASSWORD=hush\n", to: ".env")
    let answer = try run("\"$0\" run --dir ../ana --name r -- python3 train.py", as: "ana")
    #expect(answer.status == 0 && answer.out.contains("it is 42"), "\(answer.err)")
    #expect(answer.err.contains(".env (its name says that it holds secrets)"))
    _ = try fieldbook.syncTwice(["ana", "bo"])
    let out = try fieldbook.run("checkout", "r", "out", "--dir", "bo", "--json", as: "bo")
    #expect(out.status == 0, "\(out.err)")
    let again = try fieldbook.shell("cd out/code && ls -A && python3 train.py", as: "bo").answer()
    #expect(again.out == "helper.py\ntrain.py\nit is 42\n")
    #expect(try repository("bo").git("fsck", "--full", "--strict", "--no-dangling").isEmpty)
    let twice = try fieldbook.run("checkout", "r", "out", "--dir", "bo", as: "bo")
    #expect(twice.status != 0 && twice.err.contains("out is there already, and not empty"))
    #expect(try fieldbook.ailments("bo") == [])
  }

  @Test("--no-snapshot and the setting keep none, and say so")
  func off() throws {
    try fieldbook.initialize("ana", as: "ana")
    try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
    for script in [
      "\"$0\" run --dir ../ana --no-snapshot -- true",
      "FIELDBOOK_SNAPSHOT=off \"$0\" run --dir ../ana -- true",
    ] {
      let answer = try run(script, as: "ana")
      #expect(answer.status == 0 && answer.err.contains("code (no snapshot is wanted)"))
    }
    let missing = try fieldbook.run("checkout", "@last", "out", "--dir", "ana", as: "ana")
    #expect(missing.status != 0 && missing.err.contains("has no snapshot"))
  }

  @Test("a setting that cannot be is told before anything runs")
  func wrongSettings() throws {
    try fieldbook.initialize("ana", as: "ana")
    for name in [
      "FIELDBOOK_SNAPSHOT_FILE_MAX", "FIELDBOOK_SNAPSHOT_MAX", "FIELDBOOK_SYSTEM_METRICS",
    ] {
      let answer = try fieldbook.run(
        ["run", "--dir", "ana", "--", "touch", "ran"], as: "ana", variables: [name: "plenty"])
      #expect(answer.status == 125 && answer.err.contains("\(name) is 'plenty'"), "\(answer.err)")
    }
    #expect(!FileManager.default.fileExists(atPath: fieldbook.root + "/ran"))
    #expect(
      (try fieldbook.run("runs", "--dir", "ana", "--json", as: "ana").json["runs"] as? [Any])?
        .isEmpty == true)
  }

  @Test("kill -9 while snapshots are taken leaves a repository that git finds nothing wrong with")
  func kills() throws {
    try fieldbook.initialize("ana", as: "ana")
    let git = try GitFolder(project)
    var generator = SeededGenerator(seed: 31)
    for round in 0..<10 {
      // Few files are objects of their own, many a pack.
      let count = round.isMultiple(of: 2) ? 120 : 8
      for number in 0..<count {
        try git.write("round \(round), \(generator.next())", to: "src/\(number % 9)/\(number).py")
      }
      let victim = try fieldbook.shell(
        "cd project && exec \"$0\" run --dir ../ana -q -- true", as: "ana"
      ).start()
      victim.crash(after: UInt32.random(in: 0...400_000, using: &generator))
    }
    let answer = try run("\"$0\" run --dir ../ana --name last -- true", as: "ana")
    #expect(answer.status == 0, "\(answer.err)")
    #expect(try repository("ana").git("fsck", "--full", "--strict", "--no-dangling").isEmpty)
    #expect(try fieldbook.ailments("ana") == [])
    let out = try fieldbook.run("checkout", "last", "out", "--dir", "ana", as: "ana")
    #expect(out.status == 0, "\(out.err)")
    let same = try fieldbook.shell("diff -r project/src out/code/src", as: "ana").answer()
    #expect(same.status == 0, "\(same.out)")
  }
}
