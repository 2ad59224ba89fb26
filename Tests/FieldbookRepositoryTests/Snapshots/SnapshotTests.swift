import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

/// A project, and a repository that takes snapshots of it.
struct Studio {
  let folder: TemporaryFolder
  let project: String
  let contents: ContentStore
  let repository: SnapshotRepository

  init() throws {
    folder = try TemporaryFolder()
    project = folder.path + "/project"
    try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
    contents = try ContentStore(folder: folder.path + "/store")
    repository = SnapshotRepository(
      path: folder.path + "/store/repository.git", contents: contents)
  }

  func take(
    _ run: String = "a1", of path: String? = nil, _ limits: SnapshotLimits = SnapshotLimits(),
    secret: @escaping ([UInt8]) -> String? = { _ in nil }
  ) throws -> (commit: GitObjectID, folder: FolderSnapshot) {
    var draft = SnapshotDraft(
      run: run, listing: try FolderListing(path ?? project, limits: limits), author: "Ann <x>\n",
      address: "ann@lab", time: Timestamp(milliseconds: 1_700_000_000_000), secret: secret)
    draft.limits = limits
    let (commit, taken) = try repository.take(draft) { _ in
      SnapshotDraft.Rest(
        files: [(TreePath("environment/packages.txt"), Array("numpy==2\n".utf8))],
        message: "Run \(run)\n\nRun: \(run)\n")
    }
    return (commit, try #require(taken))
  }

  func write(_ text: String, to name: String) throws {
    let path = project + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// By path below `code/`: what each file, program or link holds.
  func code(_ commit: GitObjectID) throws -> [String: String] {
    var out: [String: String] = [:]
    for file in try repository.bare.files(of: commit) where file.entry.kind != .folder {
      guard file.path.shown.hasPrefix("code/") else { continue }
      let bytes = try repository.bare.bytes(of: file.entry.object)
      let text = String(decoding: bytes, as: UTF8.self)
      let sign = [.file: "", .program: "* ", .link: "-> "][file.entry.kind] ?? ""
      out[String(file.path.shown.dropFirst(5))] = sign + text
    }
    return out
  }

  /// What git's own program says of the replica's repository.
  func git(_ words: String...) throws -> String {
    try GitFolder(reading: repository.bare.path).run(words)
  }
}

@Suite("Snapshots of a project")
struct SnapshotTests {
  let studio: Studio

  init() throws { studio = try Studio() }

  @Test("without git the project begins where the replica lies, though not at the home folder")
  func withoutGit() throws {
    try studio.write("a\n", to: "lib/a.py")
    try studio.write("b\n", to: "sub/deep/b.py")
    let alone = studio.project + "/sub"
    #expect(try studio.code(studio.take(of: alone).commit) == ["deep/b.py": "b\n"])
    // A folder of that name that holds no replica is none.
    try studio.write("", to: ".fieldbook/config.yaml")
    #expect(try ProjectFolder.top(of: alone) == alone)
    try studio.write("{}", to: ".fieldbook/workspace.json")
    #expect(try ProjectFolder.top(of: alone + "/deep") == studio.project)
    let taken = try studio.take("a2", of: alone)
    #expect(taken.folder.root == studio.project && !taken.folder.isGit)
    #expect(try studio.code(taken.commit)["lib/a.py"] == "a\n")
    #expect(ProjectFolder.withReplica(alone, home: studio.project) == alone)
  }

  @Test("what git follows as it is now, and what it would follow, and nothing that is ignored")
  func whole() throws {
    let git = try GitFolder(studio.project)
    try git.write("print(1)\n", to: "train.py")
    try git.write("x = 1\n", to: "lib/model.py")
    try git.write("gone\n", to: "old.py")
    try git.write("*.log\n", to: ".gitignore")
    _ = try git.commit("first")
    try git.write("print(2)\n", to: "train.py")
    try git.write("y = 2\n", to: "lib/new.py")
    try git.write("noise\n", to: "a.log")
    try FileManager.default.removeItem(atPath: studio.project + "/old.py")
    let (commit, folder) = try studio.take(of: studio.project + "/lib")
    #expect(
      try studio.code(commit) == [
        "train.py": "print(2)\n", "lib/model.py": "x = 1\n", "lib/new.py": "y = 2\n",
        ".gitignore": "*.log\n",
      ])
    #expect(folder.root == studio.project && folder.files == 4 && folder.leftOut.isEmpty)
  }

  @Test("git's own program reads it: the reference, the commit, the files, and finds nothing wrong")
  func readByGit() throws {
    let git = try GitFolder(studio.project)
    try git.write("print(1)\n", to: "train.py")
    try git.write("1", to: "a/b.txt")
    try git.write("2", to: "a.b")
    try git.write("3", to: "a-b")
    _ = try git.commit("first")
    let (commit, _) = try studio.take()
    #expect(try studio.git("fsck", "--strict", "--full").isEmpty)
    #expect(try studio.git("rev-parse", "refs/fieldbook/runs/a1") == commit.hex)
    #expect(try studio.git("show", "refs/fieldbook/runs/a1:code/train.py") == "print(1)")
    #expect(
      try studio.git("log", "-1", "--format=%an %ae %at %s", commit.hex)
        == "Ann x ann@lab 1700000000 Run a1")
    #expect(
      try studio.git("ls-tree", "-r", "--name-only", commit.hex).split(separator: "\n") == [
        "code.patch", "code/a-b", "code/a.b", "code/a/b.txt", "code/train.py",
        "environment/packages.txt",
      ])
    #expect(
      try studio.git("log", "-1", "--format=%(trailers:key=Run,valueonly)", commit.hex) == "a1")
    // What this program made the trees of, git makes the same of.
    let theirs = try GitFolder(studio.project).run(["write-tree"])
    #expect(try studio.git("rev-parse", "\(commit.hex):code") == theirs)
  }

  @Test("many files come as one pack, and the same again is not written again")
  func packed() throws {
    for number in 0..<200 {
      try studio.write("file \(number)", to: "src/\(number % 7)/\(number).py")
    }
    let (first, folder) = try studio.take("a1")
    #expect(folder.files == 200)
    #expect(try studio.git("fsck", "--strict", "--full").isEmpty)
    let before = try studio.git("count-objects", "-v")
    #expect(before.contains("packs: 1"))
    let (second, _) = try studio.take("a2")
    #expect(try studio.code(first) == studio.code(second))
    let after = try studio.git("count-objects", "-v")
    // The commit alone: it names another run.
    #expect(before.contains("count: 0") && after.contains("count: 1"))
  }

  @Test(
    "a changed file is seen though nothing but a moment lies between, and a removed one is gone")
  func changed() throws {
    try studio.write("one", to: "a.py")
    try studio.write("two", to: "b.py")
    _ = try studio.take("a1")
    try studio.write("eno", to: "a.py")
    try FileManager.default.removeItem(atPath: studio.project + "/b.py")
    #expect(try studio.code(studio.take("a2").commit) == ["a.py": "eno"])
    try FileManager.default.removeItem(atPath: studio.project + "/a.py")
    try studio.write("inside", to: "a.py/x")
    #expect(try studio.code(studio.take("a3").commit) == ["a.py/x": "inside"])
  }

  @Test("what was read before is not read again, unless it was lost")
  func cached() throws {
    try studio.write("old enough", to: "a.py")
    let past = Date(timeIntervalSinceNow: -100)
    // The time of the inode's own change cannot be set: wait until it is past.
    try FileManager.default.setAttributes(
      [.modificationDate: past], ofItemAtPath: studio.project + "/a.py")
    usleep(2_100_000)
    nonisolated(unsafe) var looks = 0
    let looking: ([UInt8]) -> String? = { _ in
      looks += 1
      return nil
    }
    _ = try studio.take("a1", secret: looking)
    _ = try studio.take("a2", secret: looking)
    #expect(looks == 1)
    for name in ["objects", "refs"] {
      try FileManager.default.removeItem(atPath: studio.repository.bare.path + "/" + name)
      try FileManager.default.createDirectory(
        atPath: studio.repository.bare.path + "/" + name, withIntermediateDirectories: true)
    }
    #expect(try studio.code(studio.take("a3", secret: looking).commit) == ["a.py": "old enough"])
    #expect(looks == 2)
  }

  @Test("a cache that is damaged costs time and nothing else")
  func damagedCache() throws {
    try studio.write("one", to: "a.py")
    _ = try studio.take("a1")
    let folder = studio.repository.bare.path + "/fieldbook"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      try Data("DIRC and then nothing".utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    #expect(try studio.code(studio.take("a2").commit) == ["a.py": "one"])
  }

  @Test("large files lie beside git, which holds a pointer as Git LFS does")
  func large() throws {
    let text = String(repeating: "0123456789abcdef", count: 1 << 17)
    try studio.write(text, to: "weights.bin")
    let (commit, folder) = try studio.take("a1")
    let one = try #require(folder.large.first)
    #expect(one.path == TreePath("weights.bin") && one.byteCount == 2 << 20)
    #expect(
      try studio.code(commit)["weights.bin"]
        == "version https://git-lfs.github.com/spec/v1\noid sha256:\(one.digest.hex)\nsize 2097152\n"
    )
    #expect(studio.contents.contains(one.digest))
    // Again, by the cache; and once more when the content was lost.
    #expect(try studio.take("a2").folder.large == [one])
    try studio.contents.remove(one.digest)
    #expect(try studio.take("a3").folder.large == [one])
    #expect(studio.contents.contains(one.digest))
  }

  @Test("a project without git is taken but for what tools make")
  func plain() throws {
    try studio.write("print(1)", to: "train.py")
    try studio.write("x", to: "sub/b.py")
    try studio.write("home = /usr", to: "env/pyvenv.cfg")
    try studio.write("x", to: "env/lib/a.py")
    try studio.write("x", to: "__pycache__/a.pyc")
    try studio.write("x", to: "mlruns/0/meta.yaml")
    try studio.write("notes/\n", to: "sub/.fieldbookignore")
    try studio.write("x", to: "sub/notes/a")
    let (commit, folder) = try studio.take()
    #expect(
      try studio.code(commit) == [
        "train.py": "print(1)", "sub/b.py": "x", "sub/.fieldbookignore": "notes/\n",
      ])
    #expect(!folder.isGit)
    #expect(Set(folder.leftOut.map(\.path.shown)) == ["env", "mlruns"])
    #expect(folder.leftOut.allSatisfy { $0.reason == .machinery })
  }
}
