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
}
