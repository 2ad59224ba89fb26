import Cgit2
import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("Projects that are difficult")
struct DifficultProjectTests {
  let studio: Studio

  init() throws { studio = try Studio() }

  private var project: String { studio.project }

  private func left(_ folder: FolderSnapshot) -> [String: LeftOut.Reason] {
    Dictionary(uniqueKeysWithValues: folder.leftOut.map { ($0.path.shown, $0.reason) })
  }

  @Test(
    "links are kept as links, in a circle or out of the project, and nothing behind them is read")
  func links() throws {
    try studio.write("secret of another", to: "../outside/key.txt")
    try studio.write("x", to: "a.py")
    for (name, target) in [
      ("loop", "loop"), ("up", ".."), ("out", "../outside"), ("gone", "nowhere"),
    ] {
      #expect(symlink(target, project + "/" + name) == 0)
    }
    let (commit, folder) = try studio.take()
    #expect(
      try studio.code(commit) == [
        "a.py": "x", "loop": "-> loop", "up": "-> ..", "out": "-> ../outside", "gone": "-> nowhere",
      ])
    #expect(folder.leftOut.isEmpty)
    let target = studio.folder.path + "/again"
    _ = try studio.repository.checkout(commit, to: target, contents: [:])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: target + "/code/out")
        == "../outside")
  }

  @Test("a folder that git follows and that became a link is not looked into")
  func folderBecameLink() throws {
    let git = try GitFolder(project)
    try git.write("x", to: "data/a.txt")
    _ = try git.commit("first")
    try studio.write("not ours", to: "../other/a.txt")
    try FileManager.default.removeItem(atPath: project + "/data")
    #expect(symlink("../other", project + "/data") == 0)
    #expect(try studio.code(studio.take().commit) == ["data": "-> ../other"])
  }

  @Test("names with line ends, and bytes that are no text, come back as they were")
  func names() throws {
    let odd: [[UInt8]] = [
      Array("a\nb".utf8), [0xff, 0xfe, 0x61], Array("ä ö".utf8), Array("-x".utf8),
      Array("a\\b".utf8),
    ]
    for name in odd {
      let path = TreePath(bytes: name)
      let file = path.withPath(below: project) { open($0, O_CREAT | O_WRONLY, 0o644) }
      #expect(file >= 0)
      #expect(write(file, name, name.count) == name.count)
      close(file)
    }
    let (commit, folder) = try studio.take()
    #expect(folder.files == odd.count && folder.leftOut.isEmpty)
    #expect(try studio.git("fsck", "--strict").isEmpty)
    let target = studio.folder.path + "/again"
    _ = try studio.repository.checkout(commit, to: target, contents: [:])
    for name in odd {
      var info = stat()
      let isThere =
        TreePath(bytes: name).withPath(below: target + "/code") { lstat($0, &info) } == 0
      #expect(isThere && Int(info.st_size) == name.count)
    }
    // By the cache as well.
    #expect(try studio.take("a2").folder.tree == folder.tree)
  }

  @Test("names that differ by case alone are two files")
  func caseAlone() throws {
    try studio.write("one", to: "Model.py")
    try studio.write("two", to: "model.py")
    let (commit, _) = try studio.take()
    #expect(try studio.code(commit) == ["Model.py": "one", "model.py": "two"])
  }

  @Test(
    "a file system that does not tell them apart gets both, none over the other, and that is told")
  func caseFolded() throws {
    try studio.write("one", to: "Model.py")
    try studio.write("two", to: "model.py")
    try studio.write("three", to: "Data/a.txt")
    try studio.write("four", to: "data/A.txt")
    try studio.write("five", to: "data/b.txt")
    #expect(symlink("Model.py", project + "/MODEL.py") == 0)
    let (commit, _) = try studio.take()
    let target = studio.folder.path + "/again"
    let report = try studio.repository.checkout(commit, to: target, contents: [:]) { path in
      TreePath(path.shown.lowercased())
    }
    #expect(
      report.renamed.map { "\($0.path.shown) \($0.place.shown)" } == [
        "code/data/A.txt code/data/A.txt~", "code/model.py code/model.py~",
        "code/MODEL.py code/MODEL.py~~",
      ])
    func text(_ name: String) -> String? {
      FileManager.default.contents(atPath: target + "/code/" + name)
        .map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(text("model.py") == "one" && text("model.py~") == "two")
    #expect(
      text("data/a.txt") == "three" && text("data/a.txt~") == "four" && text("data/b.txt") == "five"
    )
    #expect(report.files == 7)
  }

  @Test(
    "a submodule's files are taken as they are, and its commit is told; an own repository as well")
  func submodules() throws {
    let other = try GitFolder(studio.folder.path + "/other")
    try other.write("lib", to: "lib.py")
    let inner = try other.commit("inner")
    let git = try GitFolder(project)
    try git.write("x", to: "a.py")
    try git.git(
      "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.path, "sub")
    _ = try git.commit("first")
    try git.write("changed", to: "sub/lib.py")
    try git.write("new", to: "sub/new.py")
    let own = try GitFolder(project + "/own")
    try own.write("mine", to: "mine.py")
    let (commit, folder) = try studio.take()
    var code = try studio.code(commit)
    #expect(code.removeValue(forKey: ".gitmodules") != nil)
    #expect(
      code == ["a.py": "x", "sub/lib.py": "changed", "sub/new.py": "new", "own/mine.py": "mine"])
    #expect(folder.submodules.map(\.path.shown) == ["sub", "own"])
    #expect(folder.submodules[0].commit?.hex == inner && folder.submodules[1].commit == nil)
  }

  @Test("a shallow clone, a head without a branch, and a repository before its first commit")
  func stranges() throws {
    let origin = try GitFolder(studio.folder.path + "/origin")
    try origin.write("1", to: "a.py")
    try origin.commit("one")
    try origin.write("2", to: "a.py")
    try origin.commit("two")
    let clone = studio.folder.path + "/clone"
    try origin.git("clone", "--quiet", "--depth=1", "file://" + origin.path, clone)
    #expect(try studio.code(studio.take("a1", of: clone).commit) == ["a.py": "2"])
    try origin.git("checkout", "--quiet", "--detach", "HEAD~1")
    #expect(try studio.code(studio.take("a2", of: origin.path).commit) == ["a.py": "1"])
    let fresh = try GitFolder(project)
    try fresh.write("0", to: "a.py")
    #expect(try studio.code(studio.take("a3").commit) == ["a.py": "0"])
    let bare = studio.folder.path + "/bare.git"
    try origin.git("clone", "--quiet", "--bare", "file://" + origin.path, bare)
    #expect(throws: Never.self) { try studio.take("a4", of: bare) }
  }

  @Test("the key of a device, in a backup or a copied replica, stays out of every snapshot")
  func deviceKey() throws {
    for name in ["backup/20261122T131057Z/device.key", "copy/device.key", "copy/server.token"] {
      try studio.write(String(repeating: "0", count: 64), to: name)
    }
    try studio.write("x\n", to: "copy/a.py")
    let taken = try studio.take()
    #expect(try studio.code(taken.commit) == ["copy/a.py": "x\n"])
    #expect(left(taken.folder)["copy/device.key"] == .secretName)
  }

  @Test("what is too large, too much, secret, no file or closed is left out and named")
  func leftOut() throws {
    try studio.write("x", to: "a.py")
    try studio.write(String(repeating: "x", count: 5000), to: "big.csv")
    try studio.write("KEY=1", to: ".env")
    try studio.write("KEY=", to: ".env.example")
    try studio.write("hush", to: "token.txt")
    #expect(mkfifo(project + "/pipe", 0o600) == 0)
    var limits = SnapshotLimits()
    limits.fileBytes = 4000
    let (commit, folder) = try studio.take("a1", limits) { bytes in
      bytes == Array("hush".utf8) ? "a hush" : nil
    }
    #expect(try studio.code(commit) == ["a.py": "x", ".env.example": "KEY="])
    #expect(
      left(folder) == [
        "big.csv": .tooLarge(bytes: 5000), ".env": .secretName, "token.txt": .secret("a hush"),
        "pipe": .special,
      ])
    limits.fileBytes = 10_000
    limits.allBytes = 5
    let second = try studio.take("a2", limits).folder
    #expect(left(second)["big.csv"] == .tooMuch && second.files == 2)
    limits.filesWithoutGit = 3
    #expect(throws: SnapshotFailure.tooManyFiles(project, 3)) { try studio.take("a3", limits) }
  }

  @Test(
    "a file that nobody may read is left out and named",
    .enabled(if: getuid() != 0, "root reads all"))
  func closed() throws {
    try studio.write("x", to: "a.py")
    try studio.write("x", to: "b.py")
    #expect(chmod(project + "/b.py", 0) == 0)
    let (commit, folder) = try studio.take()
    #expect(try studio.code(commit) == ["a.py": "x"])
    #expect(left(folder) == ["b.py": .cannotRead("Permission denied")])
  }

  @Test("a file that is written to all the time is left out and named, and the rest is taken")
  func changing() throws {
    try studio.write("x", to: "a.py")
    try studio.write("x", to: "busy.csv")
    let writer = try #require(FileHandle(forWritingAtPath: project + "/busy.csv"))
    try writer.seekToEnd()
    // Asked of the bytes that were read, before it is looked whether they are still what is there.
    let (commit, folder) = try studio.take { bytes in
      if bytes.starts(with: "xmore".utf8) || bytes == [120] { writer.write(Data("more".utf8)) }
      return nil
    }
    #expect(left(folder)["busy.csv"] == .changing)
    #expect(try studio.code(commit)["busy.csv"] == nil)
  }

  @Test(
    "a repository that shows no untracked files is asked for those that it follows, and is no project of others below it"
  )
  func quietRepository() throws {
    let git = try GitFolder(project)
    try git.write("x", to: "a.py")
    _ = try git.commit("first")
    try git.git("config", "status.showUntrackedFiles", "no")
    try git.write("x", to: "b.py")
    try git.write("mine", to: "work/c.py")
    #expect(try studio.code(studio.take("a1").commit) == ["a.py": "x"])
    let (commit, folder) = try studio.take("a2", of: project + "/work")
    #expect(try studio.code(commit) == ["c.py": "mine"])
    #expect(!folder.isGit && folder.root == project + "/work")
    #expect(try GitInspection.state(of: project + "/work") == nil)
    #expect(try GitInspection.state(of: project)?.branch == "main")
  }

  @Test("too many files are told before all of them are listed, also where git is")
  func tooMany() throws {
    let git = try GitFolder(project)
    for number in 0..<30 { try git.write("x", to: "\(number).py") }
    var limits = SnapshotLimits()
    limits.files = 20
    #expect(throws: SnapshotFailure.tooManyFiles(project, 20)) { try studio.take("a1", limits) }
    _ = try git.commit("first")
    #expect(throws: SnapshotFailure.tooManyFiles(project, 20)) { try studio.take("a2", limits) }
  }

  @Test("programs stay programs, and an empty file is a file")
  func modes() throws {
    try studio.write("#!/bin/sh", to: "run.sh")
    #expect(chmod(project + "/run.sh", 0o755) == 0)
    try studio.write("", to: "__init__.py")
    let (commit, _) = try studio.take()
    #expect(try studio.code(commit) == ["run.sh": "* #!/bin/sh", "__init__.py": ""])
    let target = studio.folder.path + "/again"
    let report = try studio.repository.checkout(commit, to: target, contents: [:])
    #expect(
      report.files == 3 && FileManager.default.isExecutableFile(atPath: target + "/code/run.sh"))
  }

  @Test("large files come back whole where they are here, as their pointers where not")
  func checkout() throws {
    let text = String(repeating: "0123456789abcdef", count: 1 << 17)
    try studio.write(text, to: "w.bin")
    let (commit, folder) = try studio.take()
    let large = [TreePath("code/w.bin"): folder.large[0].digest]
    let target = studio.folder.path + "/again"
    let whole = try studio.repository.checkout(commit, to: target, contents: large)
    #expect(whole.missing.isEmpty)
    #expect(FileManager.default.contents(atPath: target + "/code/w.bin") == Data(text.utf8))
    #expect(throws: SnapshotFailure.notEmpty(target)) {
      try studio.repository.checkout(commit, to: target, contents: large)
    }
    try studio.contents.remove(folder.large[0].digest)
    let second = try studio.repository.checkout(commit, to: target + "2", contents: large)
    #expect(second.missing == [TreePath("code/w.bin")])
    let pointer = try #require(FileManager.default.contents(atPath: target + "2/code/w.bin"))
    #expect(FilePointer(Array(pointer))?.byteCount == 2 << 20)
  }

  @Test("trees that were made to harm are refused before anything is written")
  func hostile() throws {
    try studio.repository.bare.withRepository { repository in
      for (number, name) in ["..", ".git", ".GIT", "a/b", "."].enumerated() {
        let writer = try ObjectWriter(repository, path: studio.repository.bare.path)
        let blob = try writer.blob(Array("x".utf8))
        let tree = try writer.folder([(Array(name.utf8), TreeEntry(.file, blob))])
        let commit = try writer.commit(of: tree)
        try writer.finish()
        let target = studio.folder.path + "/out\(number)"
        #expect(throws: (any Error).self, "\(name)") {
          try studio.repository.checkout(commit, to: target, contents: [:])
        }
        #expect(!FileManager.default.fileExists(atPath: target))
      }
    }
  }

  @Test("objects that no commit reaches yet are kept, many or few")
  func withoutCommit() throws {
    for count in [3, 50] {
      let blobs = try studio.repository.bare.withRepository { repository in
        let writer = try ObjectWriter(repository, path: studio.repository.bare.path)
        let blobs = try (0..<count).map { try writer.blob(Array("\(count) of \($0)".utf8)) }
        try writer.finish()
        return blobs
      }
      for (number, blob) in blobs.enumerated() {
        #expect(try studio.repository.bare.bytes(of: blob) == Array("\(count) of \(number)".utf8))
      }
    }
  }

  @Test("a damaged object is found and named, with a run that needs it")
  func damaged() throws {
    try studio.write("x = 1", to: "a.py")
    let (commit, _) = try studio.take()
    #expect(try studio.repository.bare.audit().damaged.isEmpty)
    let blob = try #require(
      try studio.repository.bare.files(of: commit).first { $0.path.shown == "code/a.py" })
    let hex = blob.entry.object.hex
    let file = "\(studio.repository.bare.path)/objects/\(hex.prefix(2))/\(hex.dropFirst(2))"
    #expect(chmod(file, 0o600) == 0)
    try Data("rotten".utf8).write(to: URL(fileURLWithPath: file))
    let audit = try studio.repository.bare.audit()
    #expect(audit.damaged.map(\.object) == [blob.entry.object] && audit.damaged[0].run == "a1")
    #expect(throws: GitFailure.self) { try studio.repository.bare.bytes(of: blob.entry.object) }
  }

  @Test(
    "damage is set aside with what is whole saved, and only snapshots that lack something go",
    arguments: [true, false])
  func setAside(inPack: Bool) throws {
    // Many objects are a pack, few are files; they share nothing that one could be told by another.
    var generator = SeededGenerator(seed: 3)
    let texts = (0..<(inPack ? 60 : 5)).map { _ in
      (0..<30).map { _ in "\(generator.next())" }.joined(separator: "\n")
    }
    for (number, text) in texts.enumerated() { try studio.write(text, to: "\(number).py") }
    let (first, _) = try studio.take("a1")
    try FileManager.default.removeItem(atPath: project + "/3.py")
    let (second, _) = try studio.take("a2")
    let bare = studio.repository.bare
    #expect(try studio.repository.setDamagedAside(to: studio.folder.path + "/none").files == 0)
    let blob = try #require(
      try bare.files(of: first).first { $0.path.shown == "code/3.py" }?.entry.object.hex)
    let objects = bare.path + "/objects/"
    var file = "\(blob.prefix(2))/\(blob.dropFirst(2))"
    var place = 40
    if inPack {
      let packs = try FileManager.default.contentsOfDirectory(atPath: objects + "pack")
      let pack = try #require(packs.first { $0.hasSuffix(".idx") })
      let listed = try studio.git("verify-pack", "-v", "objects/pack/" + pack)
      let line = try #require(listed.split(separator: "\n").first { $0.hasPrefix(blob) })
      place = try #require(line.split(separator: " ").dropFirst(4).first.flatMap { Int($0) }) + 12
      file = "pack/" + pack.replacing(".idx", with: ".pack")
    }
    #expect(chmod(objects + file, 0o600) == 0)
    var bytes = try #require(FileManager.default.contents(atPath: objects + file))
    bytes[place] ^= 0x55
    try bytes.write(to: URL(fileURLWithPath: objects + file))
    #expect(try !bare.audit().damaged.isEmpty)

    let aside = studio.folder.path + "/aside"
    let done = try studio.repository.setDamagedAside(to: aside)
    #expect(done == SnapshotsSetAside(files: inPack ? 2 : 1, runs: 1))
    #expect(
      FileManager.default.contents(atPath: aside + "/repository.git/objects/" + file) == bytes)
    #expect(try bare.audit().damaged.isEmpty && bare.runs() == ["a2": second])
    #expect(try studio.code(second).count == (inPack ? 59 : 4))
    #expect(try studio.git("fsck", "--full", "--strict", "--no-dangling").isEmpty)
    // Put again, it is whole again.
    try studio.write(texts[3], to: "3.py")
    #expect(try studio.take("a1").commit == first)
  }

  @Test("several that take snapshots at once do not disturb each other")
  func together() async throws {
    for number in 0..<60 { try studio.write("file \(number)", to: "\(number).py") }
    let commits = try await withThrowingTaskGroup(of: GitObjectID.self) { group in
      for number in 0..<6 { group.addTask { try studio.take("a\(number)").commit } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(commits).count == 6)
    for commit in commits { #expect(try studio.code(commit).count == 60) }
    #expect(try studio.git("fsck", "--strict", "--full").isEmpty)
    #expect(try studio.repository.bare.runs().count == 6)
  }
}

extension ObjectWriter {
  /// One without an author's name.
  fileprivate func commit(of tree: GitObjectID) throws -> GitObjectID {
    let person = "a <b> 1 +0000"
    return try add(
      GIT_OBJECT_COMMIT,
      Array("tree \(tree.hex)\nauthor \(person)\ncommitter \(person)\n\nx\n".utf8))
  }
}
