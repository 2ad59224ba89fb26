import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("What git says of a folder")
struct GitInspectionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func state(_ path: String = "") throws -> GitState? {
    var state = try GitInspection.state(of: folder.path + path)
    if let root = state?.root { #expect((folder.path + path).hasPrefix(root)) }
    state?.root = nil
    return state
  }

  @Test("a folder that is in no repository, or is not there, has no state")
  func none() throws {
    #expect(try state() == nil)
    #expect(try state("/missing") == nil)
  }

  @Test("before the first commit there is none, and a file is untracked")
  func fresh() throws {
    let git = try GitFolder(folder.path)
    #expect(try state() == GitState(commit: nil, branch: nil, remote: nil, dirtyFiles: []))
    try git.write("x", to: "a b.txt")
    #expect(try state()?.dirtyFiles == ["a b.txt"])
  }

  @Test("commit and branch are those of HEAD, from any folder inside")
  func head() throws {
    let git = try GitFolder(folder.path)
    try git.write("x", to: "sub/deep/a.txt")
    let first = try git.commit("first")
    let clean = GitState(commit: first, branch: "main", remote: nil, dirtyFiles: [])
    #expect(try state() == clean)
    #expect(try state("/sub/deep") == clean)
    try git.git("checkout", "--quiet", "-b", "feature/ünï")
    #expect(try state()?.branch == "feature/ünï")
    try git.git("checkout", "--quiet", "--detach")
    #expect(try state() == GitState(commit: first, branch: nil, remote: nil, dirtyFiles: []))
  }

  @Test("the remote is origin's address as it is written")
  func remote() throws {
    let git = try GitFolder(folder.path)
    try git.git("remote", "add", "other", "https://example.org/other.git")
    #expect(try state()?.remote == nil)
    try git.git("remote", "add", "origin", "git@example.org:team/repo.git")
    #expect(try state()?.remote == "git@example.org:team/repo.git")
  }

  @Test("changed, staged, removed, renamed and untracked files are dirty, ignored ones are not")
  func dirty() throws {
    let git = try GitFolder(folder.path)
    for name in ["changed", "staged", "removed", "old name", "same"] {
      try git.write(name, to: name)
    }
    try git.write("*.ckpt\ndata/\n", to: ".gitignore")
    try git.commit("first")
    try git.write("other", to: "changed")
    try git.write("other", to: "staged")
    try git.git("add", "staged")
    try FileManager.default.removeItem(atPath: folder.path + "/removed")
    try git.git("mv", "old name", "new name")
    try git.write("new", to: "new/deep/untracked")
    try git.write("big", to: "model.ckpt")
    try git.write("big", to: "data/x")
    #expect(
      try state()?.dirtyFiles.sorted() == [
        "changed", "new name", "new/deep/untracked", "old name", "removed", "staged",
      ])
  }

  @Test("a bare repository and a worktree are read too")
  func kinds() throws {
    let git = try GitFolder(folder.path + "/one")
    try git.write("x", to: "a")
    let commit = try git.commit("first")
    try git.git("worktree", "add", "--quiet", "-b", "side", folder.path + "/two")
    #expect(try state("/two")?.commit == commit)
    #expect(try state("/two")?.branch == "side")
    try git.git("clone", "--quiet", "--bare", ".", folder.path + "/bare.git")
    #expect(try state("/bare.git")?.commit == commit)
    #expect(try state("/bare.git")?.isDirty == false)
  }

  @Test("of very many files the first are named")
  func many() throws {
    let git = try GitFolder(folder.path)
    for index in 0..<GitInspection.fileLimit + 5 { try git.write("", to: "f\(index)") }
    #expect(try state()?.dirtyFiles.count == GitInspection.fileLimit)
  }

  @Test("a damaged repository is a failure that says where")
  func damaged() throws {
    let git = try GitFolder(folder.path)
    try git.write("x", to: "a")
    try git.commit("first")
    try Data("broken".utf8).write(to: URL(fileURLWithPath: folder.path + "/.git/index"))
    #expect {
      try state()
    } throws: { ($0 as? GitFailure)?.message.contains(folder.path) == true }
    try Data("[core\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/.git/config"))
    #expect(throws: GitFailure.self) { try state() }
  }
}
