import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("A branch that follows from something else")
struct DerivedBranchTests {
  let studio: Studio
  let branch: DerivedBranch

  init() throws {
    studio = try Studio()
    branch = DerivedBranch(studio.repository.bare, name: "configs")
  }

  private func commits(_ text: String) -> [DerivedBranch.Commit] {
    [
      DerivedBranch.Commit(
        author: "Ana", address: "lab", time: Timestamp(milliseconds: 1_700_000_000_000),
        message: "m", files: ["a.yaml": text])
    ]
  }

  @Test("several make it at one moment")
  func together() async throws {
    try branch.write(commits("first"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask { [self] in
          for turn in 0..<20 { try branch.write(commits("of \(worker), \(turn)")) }
        }
      }
      try await group.waitForAll()
    }
    let last = try branch.write(commits("last"))
    #expect(try branch.tip() == last.last)
  }

  @Test("a lock that a killed program left does not stay in the way")
  func oldLock() throws {
    try branch.write(commits("before"))
    let lock = studio.repository.bare.path + "/refs/heads/configs.lock"
    try Data().write(to: URL(fileURLWithPath: lock))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: lock)
    let after = try branch.write(commits("after"))
    #expect(try branch.tip() == after.last)
  }
}
