import FieldbookExecution
import FieldbookModel
import FieldbookWorkspace

/// Runs whose process ended without a word: it was killed, or the machine went down.
package enum Vanished {
  package static func check(_ run: Run, in workspace: Workspace) -> Bool {
    // Once another command has noticed it, the run says so itself, and peers know it too.
    if run.tags["fieldbook.vanished"] == "true" { return run.state.status == .failed }
    return !run.state.status.isFinal && LiveRuns.isVanished(run.id, in: workspace)
  }

  /// True while a process of this machine records the run: what it prints may still grow.
  package static func isRecorded(_ run: RunID, in workspace: Workspace) -> Bool {
    LiveRuns.isRecorded(run, in: workspace)
  }

  package static func among(_ runs: [Run], in workspace: Workspace) -> Set<RunID> {
    Set(runs.filter { check($0, in: workspace) }.map(\.id))
  }
}
