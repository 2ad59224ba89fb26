import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@Suite("Rebuilding a replica in use")
struct RebuildTests: TeamSuite {
  let team: Team

  init() throws { team = try Team(["hub", "ana"]) }

  @Test("what another process writes meanwhile is not taken for damage")
  func besideWriters() async throws {
    let run = try ana.newRun("r")
    let other = try Workspace.open(ana.dir, environment: ana.environment)
    let writing = Task.detached {
      for count in 0..<300 {
        try other.setTag(run.key, EntryKey("k"), String(count), durability: .script)
      }
    }
    for _ in 0..<20 {
      let (before, after) = try ana.rebuild()
      #expect(before == after)
    }
    try await writing.value
    try other.close()
  }

  @Test("a disk that fails at any read of it leaves the replica as it was, and is named")
  func onFailingDisk() throws {
    for count in 0..<40 {
      try ana.setTag(ana.newRun("r\(count)").key, EntryKey("k"), "v", durability: .script)
    }
    try ana.seal()
    let before = try ana.stateHash()
    try ana.close()
    let disk = FaultyDisk(folder: ana.dir, seed: 1)
    FaultyFileSystem.mount(disk)
    defer { FaultyFileSystem.unmount(disk) }
    var failures = 0
    for calls in 1... {
      // What is read once is not read again.
      let fresh = try Workspace.open(ana.dir, environment: ana.environment)
      disk.arm(.readError, after: calls)
      do {
        _ = try fresh.rebuild()
      } catch let failure as DatabaseFailure {
        failures += 1
        #expect({ if case .diskFailed = failure { true } else { false } }(), "\(failure)")
      }
      let hasStruck = disk.disarm() != nil
      #expect(try fresh.stateHash() == before, "read \(calls)")
      try fresh.close()
      if !hasStruck { break }
    }
    #expect(failures > 3)
  }
}
