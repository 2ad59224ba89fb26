import FieldbookModel
import FieldbookWorkspace
import Foundation

/// Where a run's output lies: a growing file while it runs here, a file of the run afterwards.
enum RunOutput: String, CaseIterable {
  case stdout, stderr

  enum Place {
    case live(file: String)
    case kept(Artifact)
  }

  var artifactPath: String { "logs/\(rawValue).txt" }

  /// Nil unless the run goes on in a process of this machine.
  func liveFile(_ run: RunID, in workspace: Workspace) -> String? {
    let file = "\(workspace.folder)/live/\(run.hex).\(rawValue)"
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  func place(_ run: RunID, in workspace: Workspace) throws -> Place? {
    if let live = liveFile(run, in: workspace) { return .live(file: live) }
    guard try workspace.artifacts(run).contains(where: { $0.path == artifactPath }) else {
      return nil
    }
    return .kept(try workspace.heldArtifact(run, path: artifactPath))
  }
}
