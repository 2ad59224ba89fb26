import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("What a snapshot differs in from its commit")
struct CommitPatchTests {
  let studio: Studio

  init() throws { studio = try Studio() }

  private func patch(
    _ run: String = "a1", _ limits: SnapshotLimits = SnapshotLimits(),
    secret: @escaping ([UInt8]) -> String? = { _ in nil }
  ) throws -> (patch: CommitPatch?, stored: String?) {
    let (commit, folder) = try studio.take(run, limits, secret: secret)
    let file = try studio.repository.bare.files(of: commit).first { $0.path.shown == "code.patch" }
    let stored = try file.map {
      String(decoding: try studio.repository.bare.bytes(of: $0.entry.object), as: UTF8.self)
    }
    return (folder.patch, stored)
  }

  @Test("git applies it to the commit, and has what was taken")
  func applies() throws {
    let git = try GitFolder(studio.project)
    try git.write("one\ntwo\nthree\n", to: "a.py")
    try git.write("gone\n", to: "sub/gone.py")
    try git.write("same\n", to: "sub/same.py")
    try git.write("no newline", to: "end.txt")
    let commit = try git.commit("first")
    #expect(try patch().stored == "")
    try studio.write("one\nTWO\nthree\n", to: "a.py")
    try studio.write("new\n", to: "sub/new ü.py")
    try studio.write("no newline\nany more", to: "end.txt")
    try FileManager.default.removeItem(atPath: studio.project + "/sub/gone.py")
    let (made, stored) = try patch("a2")
    let text = try #require(stored)
    #expect(made?.files == 4 && made?.leftOut == 0)
    #expect(text.contains("-two\n+TWO\n") && !text.contains("same.py"))
    let other = try GitFolder(studio.folder.path + "/other")
    try other.git("fetch", "-q", studio.project, commit)
    try other.git("checkout", "-q", commit)
    try Data(text.utf8).write(to: URL(fileURLWithPath: studio.folder.path + "/p"))
    try other.git("apply", studio.folder.path + "/p")
    for name in ["a.py", "sub/new ü.py", "end.txt", "sub/same.py"] {
      let both = try [studio.project, other.path].map {
        try String(contentsOfFile: $0 + "/" + name, encoding: .utf8)
      }
      #expect(both[0] == both[1], "\(name)")
    }
    #expect(!FileManager.default.fileExists(atPath: other.path + "/sub/gone.py"))
  }

  @Test("what was left out is no deletion, and no secret of the commit gets into it")
  func secrets() throws {
    let git = try GitFolder(studio.project)
    try git.write("password=hunter2\n", to: "settings.py")
    try git.write("x\n", to: "notes/own.txt")
    try git.write("y\n", to: "b.py")
    try git.write("KEY=plainly\n", to: ".env")
    try git.write("name,age\n", to: "notes/patients.csv")
    _ = try git.commit("first")
    try git.write("notes/\n", to: ".fieldbookignore")
    for gone in [".env", "notes/patients.csv"] {
      try FileManager.default.removeItem(atPath: studio.project + "/" + gone)
    }
    try studio.write("password=?\n", to: "settings.py")
    try studio.write("token hunter2\n", to: "b.py")
    let (made, stored) = try patch { bytes in
      String(decoding: bytes, as: UTF8.self).contains("hunter2") ? "a password" : nil
    }
    let text = try #require(stored)
    #expect(!text.contains("hunter2") && !text.contains("own.txt"), "\(text)")
    #expect(!text.contains("plainly") && !text.contains("age"), "\(text)")
    #expect(text.contains(".fieldbookignore"))
    // settings.py and .env differ and are not told; b.py was not taken; below notes/ nothing is looked at.
    #expect(made?.files == 3 && made?.leftOut == 2)
  }

  @Test("large files are compared by git, and what is too long is counted")
  func large() throws {
    var limits = SnapshotLimits()
    limits.wholeBytes = 1000
    let git = try GitFolder(studio.project)
    let long = String(repeating: "0123456789abcde\n", count: 70_000)
    try git.write(long, to: "data.txt")
    try git.write("x\n", to: "a.py")
    _ = try git.commit("first")
    #expect(try patch("a1", limits).patch == CommitPatch())
    try studio.write(long + "more\n", to: "data.txt")
    let (made, stored) = try patch("a2", limits)
    #expect(made?.files == 1 && made?.leftOut == 1 && stored == "")
    for number in 0..<12 {
      try studio.write(
        String(repeating: "line \(number)\n", count: 14_000), to: "new\(number).txt")
    }
    let (many, cut) = try patch("a3")
    #expect(many?.files == 13 && (many?.leftOut ?? 0) > 1)
    #expect((cut?.utf8.count ?? .max) <= CommitPatch.bytesMax)
  }

  @Test("without a commit there is none")
  func none() throws {
    try studio.write("x", to: "a.py")
    #expect(try patch().stored == nil)
    _ = try GitFolder(studio.project)
    #expect(try patch("a2").stored == nil)
  }
}
