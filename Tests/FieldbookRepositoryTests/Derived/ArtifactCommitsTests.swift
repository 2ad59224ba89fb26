import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("Artifacts as commits")
struct ArtifactCommitsTests {
  let studio: Studio
  let commits: ArtifactCommits
  let run = RunID(EntityKey(bytes: [UInt8](repeating: 7, count: 16))!)

  init() throws {
    studio = try Studio()
    commits = ArtifactCommits(studio.repository.bare)
  }

  private var reference: String { ArtifactCommits.prefix + run.hex }

  private func pointer(_ number: UInt8) -> FilePointer {
    FilePointer(
      digest: ContentDigest(bytes: [UInt8](repeating: number, count: 32))!,
      byteCount: Int64(number))
  }

  private func write(_ files: [String: FilePointer], after snapshot: GitObjectID? = nil) throws {
    try commits.write([run], isAll: false) { _ in
      ArtifactCommits.Draft(
        snapshot: snapshot, author: "Ana <a>", address: "lab",
        time: Timestamp(milliseconds: 1_700_000_000_000), files: files)
    }
  }

  @Test("hold the snapshot and pointers, with attributes of both, and are the snapshot's children")
  func withSnapshot() throws {
    try studio.write("print(1)\n", to: "train.py")
    try studio.write(String(repeating: "x", count: 2 << 20), to: "w.bin")
    let (snapshot, _) = try studio.take()
    try write(["model/a b.onnx": pointer(1), "metrics.json": pointer(2)], after: snapshot)
    let names = try studio.git("ls-tree", "-r", "--name-only", reference)
    #expect(
      names == """
        .gitattributes
        artifacts/metrics.json
        artifacts/model/a b.onnx
        code/train.py
        code/w.bin
        environment/packages.txt
        """)
    #expect(
      try studio.git("show", reference + ":artifacts/metrics.json") + "\n" == pointer(2).text)
    #expect(try studio.git("rev-parse", reference + "^") == snapshot.hex)
    let attributes = try studio.git("show", reference + ":.gitattributes")
    #expect(
      attributes.split(separator: "\n").map { $0.prefix { $0 != " " } } == [
        "/code/w.bin", "/artifacts/metrics.json", "\"/artifacts/model/a",
      ])
    let told = try studio.git("log", "-1", "--format=%an %ae %at%n%B", reference)
    #expect(
      told.hasPrefix("Ana a lab 1700000000\nthe snapshot, and 2 artifacts\n")
        && told.hasSuffix("Run: \(run.hex)"), "\(told)")
    #expect(try studio.git("fsck", "--full", "--strict") == "")
  }

  @Test("follow what is said: the same is the same, less is less, nothing has none")
  func following() throws {
    try write(["a": pointer(1)])
    let first = try studio.git("rev-parse", reference)
    try write(["a": pointer(1), "b": pointer(2)])
    #expect(try studio.git("rev-parse", reference) != first)
    try write(["a": pointer(1)])
    #expect(try studio.git("rev-parse", reference) == first)
    #expect(throws: TestFailure.self) { try studio.git("rev-parse", reference + "^") }
    try commits.write([], isAll: true) { _ in nil }
    #expect(try studio.git("for-each-ref") == "")
    try write(["a": pointer(1)])
    try write([:])
    #expect(try studio.git("for-each-ref") == "")
    try write(["a": pointer(1)])
    try commits.write([run], isAll: false) { _ in nil }
    #expect(try studio.git("for-each-ref") == "")
  }

  @Test("leave out, and name, what a tree cannot hold or git would take for its own")
  func names() throws {
    try write([
      "a": pointer(1), "a/b": pointer(2), "x/.git/config": pointer(3), ".gitattributes": pointer(4),
      "x/.gitattributes": pointer(5), "x/ok": pointer(6),
    ])
    #expect(
      try studio.git("ls-tree", "-r", "--name-only", reference)
        == ".gitattributes\nartifacts/a\nartifacts/x/ok")
    let told = try studio.git("log", "-1", "--format=%B", reference)
    for name in ["a/b", "x/.git/config", ".gitattributes", "x/.gitattributes"] {
      #expect(told.contains("\n\(name)\n"), "\(told)")
    }
    // A message of many lines, and one trailer.
    #expect(
      try studio.git("log", "-1", "--format=%(trailers:key=Run,valueonly)", reference) == run.hex)
    // Of a snapshot that is not here, or is none, nothing is taken.
    let blob = try #require(
      GitObjectID(hex: try studio.git("rev-parse", reference + ":artifacts/a")))
    try write(["a": pointer(1)], after: blob)
    #expect(try studio.git("ls-tree", "--name-only", reference) == ".gitattributes\nartifacts")
  }

  @Test("are forgotten with all that was ever written for them, and nothing else is")
  func forgetting() throws {
    try studio.write("print(1)\n", to: "train.py")
    // The same bytes as one of the pointers.
    try studio.write(pointer(1).text, to: "pointer.txt")
    try write(["a": pointer(1), "b": pointer(2)])
    let old = try studio.git("rev-parse", reference)
    let (snapshot, _) = try studio.take()
    try write(["a": pointer(1)], after: snapshot)
    let hidden = try studio.git("rev-parse", old + ":artifacts/b")
    // As on a replica that was restored from a backup: what the references name goes all the same.
    for isListed in [true, false] {
      if !isListed {
        try write(["c": pointer(3)])
        try FileManager.default.removeItem(
          atPath: studio.repository.bare.path + "/fieldbook/artifacts-objects")
      }
      let tip = try studio.git("rev-parse", reference)
      try commits.forget()
      for gone in [old, tip, hidden] {
        #expect(throws: TestFailure.self) { try studio.git("cat-file", "-e", gone) }
      }
      #expect(try studio.git("for-each-ref", "--format=%(refname)") == "refs/fieldbook/runs/a1")
      #expect(try studio.code(snapshot)["pointer.txt"] == pointer(1).text)
      #expect(try studio.git("fsck", "--full", "--strict") == "")
    }
    try commits.forget()
  }
}
