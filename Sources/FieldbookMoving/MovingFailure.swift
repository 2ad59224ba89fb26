import FieldbookModel

/// Why something cannot be moved in or out.
package enum MovingFailure: Failure, Equatable {
  case notThere(String)
  case notA(what: String, path: String, reason: String)
  case damaged(path: String, reason: String)
  case tooLarge(what: String, limit: String)
  case unreachable(url: String, reason: String)
  case refused(url: String, status: Int, message: String)
  case noLibrary(String)
  case database(String)
  case noSuchExperiment(String)
  case cannotWrite(path: String, reason: String)
  case unsupported(String, hint: String)

  package var message: String {
    switch self {
    case .notThere(let path): "there is nothing at \(path)"
    case .notA(let what, let path, let reason): "\(path) is no \(what): \(reason)"
    case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
    case .tooLarge(let what, let limit): "\(what) is larger than \(limit)"
    case .unreachable(let url, let reason): "\(url) cannot be reached: \(reason)"
    case .refused(let url, let status, let message): "\(url) answered \(status): \(message)"
    case .noLibrary(let reason): "PostgreSQL's client library (libpq) cannot be loaded: \(reason)"
    case .database(let reason): "the source's database refused: \(reason)"
    case .noSuchExperiment(let name): "the source has no experiment '\(name)'"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .unsupported(let what, _): what
    }
  }

  /// What can be given in place of what was.
  private static func sources(_ what: String) -> String {
    if what.hasPrefix("W&B") { return "give the folder with the offline runs: wandb" }
    if what.hasPrefix("TensorBoard") { return "give the folder below which event files lie: runs" }
    if what == ArchiveReader.what {
      return "give what fieldbook export wrote, or name the tracker: fieldbook import mlflow SOURCE"
    }
    if what.contains("Neptune") { return "give the data folder that Neptune's exporter wrote" }
    return "an mlflow.db, an mlruns folder, a tracking server's or a PostgreSQL URL"
  }

  package var hint: String {
    switch self {
    case .notThere: "check the path; ~ and relative paths are fine"
    case .notA(let what, _, _): MovingFailure.sources(what)
    case .damaged: "copy it again from where it was written; what came so far stays"
    case .tooLarge: "nothing of it was taken in; say so in an issue if it is real"
    case .unreachable: "start again when it is there: it goes on where it ended"
    case .refused(_, 401, _), .refused(_, 403, _):
      "set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
    case .refused: "start again: it goes on where it ended"
    case .noLibrary: "install it (Debian: libpq5), or give the tracking server's URL instead"
    case .database: "what came so far stays; start again and it goes on"
    case .noSuchExperiment: "see which there are: the same with --dry-run and without --experiment"
    case .cannotWrite: "check the folder's owner, permissions and free space"
    case .unsupported(_, let hint): hint
    }
  }
}
