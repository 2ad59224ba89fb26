import FieldbookModel
import Foundation

/// What a run prints, and where it lies: a growing file while the run goes on here, a file of the run afterwards.
package enum RunOutput: String, CaseIterable, Sendable {
  case stdout, stderr

  package enum Place: Sendable {
    case live(file: String)
    case kept(Artifact)

    package var artifact: Artifact? {
      if case .kept(let artifact) = self { artifact } else { nil }
    }
  }

  package var artifactPath: String { "logs/\(rawValue).txt" }

  /// Where it grows while the run goes on here, whether there is such a file or not.
  package func file(_ run: RunID, in workspace: Workspace) -> String {
    "\(workspace.liveFolder)/\(run.hex).\(rawValue)"
  }

  /// Nil unless the run goes on in a process of this machine, or ended in one that could not keep its output.
  package func liveFile(_ run: RunID, in workspace: Workspace) -> String? {
    let file = file(run, in: workspace)
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  /// Nil for a run of which no output was captured.
  package func place(_ run: RunID, in workspace: Workspace) throws -> Place? {
    // In this order: when a run ends, its file is kept first and goes from here afterwards.
    if let live = liveFile(run, in: workspace) { return .live(file: live) }
    return try workspace.artifacts(run).first { $0.path == artifactPath }.map { .kept($0) }
  }
}

extension Workspace {
  /// Of what a process of this machine records now.
  package var liveFolder: String { folder + "/live" }
}
