import FieldbookExecution
import FieldbookModel
import FieldbookWorkspace

/// Runs that say they are running, although their process on this machine is gone.
enum Vanished {
  static func check(_ run: Run, in workspace: Workspace) -> Bool {
    !run.state.status.isFinal && LiveRuns.isVanished(run.id, in: workspace)
  }

  static func among(_ runs: [Run], in workspace: Workspace) -> Set<RunID> {
    Set(runs.filter { check($0, in: workspace) }.map(\.id))
  }
}
