import FieldbookModel
import FieldbookWorkspace
import Foundation

/// Where a run's output lies: a growing file while it runs here, a file of the run afterwards.
enum RunOutput: String, CaseIterable {
  case stdout, stderr

  enum Place {
    case live(file: String)
    case kept(Artifact)

    var artifact: Artifact? {
      if case .kept(let artifact) = self { artifact } else { nil }
    }
  }

  var artifactPath: String { "logs/\(rawValue).txt" }

  /// Nil unless the run goes on in a process of this machine.
  func liveFile(_ run: RunID, in workspace: Workspace) -> String? {
    let file = "\(workspace.folder)/live/\(run.hex).\(rawValue)"
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  func place(_ run: RunID, in workspace: Workspace) throws -> Place? {
    if let live = liveFile(run, in: workspace) { return .live(file: live) }
    return try workspace.artifacts(run).first { $0.path == artifactPath }.map { .kept($0) }
  }
}
