import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Replicas that were never finished") struct HalfMadeTests {
  private let folder: TemporaryFolder
  private let environment: WorkspaceEnvironment
  private var dir: String { folder.path + "/w" }
  private var mark: String { dir + "/.fieldbook/being-made" }

  init() throws {
    folder = try TemporaryFolder()
    environment = TestMachine.environment(
      root: folder.path, clock: ManualClock(), seed: 1, name: "w")
  }

  @discardableResult
  private func make() throws -> Workspace {
    try Workspace.create(
      in: dir, name: "w", device: "w", owner: "w", isHub: false, environment: environment)
  }

  @Test("one that was stopped on the way is not opened, and is made anew")
  func stopped() throws {
    let first = try make()
    try first.close()
    #expect(!FileManager.default.fileExists(atPath: mark))
    // As if it had been killed just before it was done.
    try Data().write(to: URL(fileURLWithPath: mark))
    #expect(throws: WorkspaceFailure.halfMade(dir)) {
      try Workspace.open(dir, environment: environment)
    }
    let second = try make()
    #expect(second.id != first.id)
    _ = try second.newRun("r")
    try second.close()
    #expect(try Workspace.open(dir, environment: environment).runNames() == ["r"])
  }

  @Test("an empty folder is no replica; a whole one, and any other file, stays")
  func others() throws {
    try FileManager.default.createDirectory(
      atPath: dir + "/.fieldbook", withIntermediateDirectories: true)
    try make().close()
    #expect(throws: WorkspaceFailure.alreadyAReplica(dir)) { try make() }
    #expect(try Workspace.open(dir, environment: environment).runNames() == [])
    let other = folder.path + "/other/.fieldbook"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: other + "/notes.txt"))
    #expect(throws: WorkspaceFailure.self) {
      try Workspace.create(
        in: folder.path + "/other", name: "w", device: "w", owner: "w", isHub: false,
        environment: environment)
    }
    #expect(FileManager.default.fileExists(atPath: other + "/notes.txt"))
  }

  @Test("while one is being made nobody else makes one there")
  func atOnce() throws {
    try FileManager.default.createDirectory(
      atPath: dir + "/.fieldbook", withIntermediateDirectories: true)
    let descriptor = open(dir + "/.fieldbook", O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(throws: WorkspaceFailure.alreadyAReplica(dir)) { try make() }
    flock(descriptor, LOCK_UN)
    try make().close()
  }
}
