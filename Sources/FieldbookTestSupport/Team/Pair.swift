import FieldbookWorkspace

/// Two laptops of one workspace that have no hub, on one clock, in folders that go with the value.
package struct Pair: Sendable {
  package let folder: TemporaryFolder
  package let clock = ManualClock()
  package let ana: Workspace
  package let bo: Workspace

  package init() throws {
    folder = try TemporaryFolder()
    let both = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock)
    (ana, bo) = (both[0], both[1])
  }
}
