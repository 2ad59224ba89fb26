import FieldbookModel
import Foundation

/// What a file of a run tells of: its results, or when and where it ran.
///
/// Two runs that do the same give the same results, and other logs. So files that hold times, places and ids are shown where they
/// differ, and are no difference.
package enum ArtifactRole: Equatable, Sendable {
  case result
  /// What the program printed.
  case log
  /// Packages and machine; also those that MLflow writes beside a model.
  case environment
  /// Points with their times, as another tracker writes them.
  case events
  /// MLflow's description of a model: it holds the run's id, the time and an id of its own.
  case description
  /// A large file of the snapshot: compared as code.
  case code
  /// What the run was told: its values are params.
  case config

  package init(path: String) {
    let name = (path as NSString).lastPathComponent
    if path.hasPrefix(Workspace.codeFolder) {
      self = .code
    } else if path.hasPrefix("config/") {
      self = .config
    } else if path.hasPrefix("environment/") || ArtifactRole.packageFiles.contains(name) {
      self = .environment
    } else if ArtifactRole.isLog(name) {
      self = .log
    } else if name.contains("tfevents") || name.hasSuffix(".wandb") {
      self = .events
    } else if name == "MLmodel" || name == "registered_model_meta" {
      self = .description
    } else {
      self = .result
    }
  }

  private static let packageFiles: Set = ["conda.yaml", "python_env.yaml", "requirements.txt"]

  private static func isLog(_ name: String) -> Bool {
    ["stdout", "stderr"].contains((name as NSString).deletingPathExtension)
      || name.hasSuffix(".log")
  }

  /// Why a difference of such a file is none; nil for a result.
  package var excuse: String? {
    switch self {
    case .result: nil
    case .log: "a log"
    case .environment: "packages or machine"
    case .events: "holds times"
    case .description: "holds ids and times"
    case .code: "compared as code"
    case .config: "compared as params"
    }
  }
}
