import FieldbookModel
import FieldbookWorkspace

/// A hub that founded a workspace, and others that it let in: all with the same history, on one clock, in folders that
/// go with the value.
package struct Team: Sendable {
  package let folder: TemporaryFolder
  package let clock: ManualClock
  /// In the order of their names, the hub first.
  package let members: [Workspace]

  package var hub: Workspace { members[0] }
  package var ana: Workspace { members[1] }
  package var bo: Workspace { members[2] }

  package init(_ names: [String] = ["hub", "ana", "bo"], seed: UInt64 = 1) throws {
    folder = try TemporaryFolder()
    clock = ManualClock()
    members = try TestMachine.team(
      names, root: folder.path, clock: clock, seed: seed, founderIsHub: true)
  }

  /// A run by ana that all have heard of.
  package func sharedRun() throws -> RunID {
    let run = try ana.newRun("first")
    try TestMachine.quiesce(members)
    return run
  }

  /// A machine beside those of the members, with its folders in the team's.
  package func environment(_ name: String, seed: UInt64 = 99) -> WorkspaceEnvironment {
    TestMachine.environment(root: folder.path, clock: clock, seed: seed, name: name)
  }

  /// One more replica of the workspace, empty, whose device nobody has let in yet.
  package func clone(_ name: String, seed: UInt64 = 99) throws -> Workspace {
    try Workspace.createClone(
      in: folder.path + "/" + name, workspaceID: hub.id, name: "team", device: name, owner: name,
      environment: environment(name, seed: seed))
  }
}
