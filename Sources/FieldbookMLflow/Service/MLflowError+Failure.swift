import FieldbookModel
import FieldbookWorkspace
import Logging

extension MLflowError {
  /// What a client is told of an error of ours. What is no failure of its kind is logged as well.
  init(_ error: any Error, logger: Logger) {
    switch error {
    case let error as MLflowError: self = error
    case let failure as WorkspaceFailure: self.init(failure)
    case let failure as any Failure: self = .invalid(MLflowError.text(failure))
    default:
      logger.error("\(error)")
      self.init(.internalError, "\(error)")
    }
  }

  private init(_ failure: WorkspaceFailure) {
    switch failure {
    case .notFound(what: "run", let reference): self = Tracker.noRun(reference)
    case .notFound: self = .missing(MLflowError.text(failure))
    case .alreadyExists(let what, let name):
      self.init(.resourceAlreadyExists, "\(what) '\(name)' already exists.")
    case .deleted(what: "run", let name): self = Tracker.inactive(name)
    case .invalidFilter(let message, _): self = .invalid(message)
    default: self = .invalid(MLflowError.text(failure))
    }
  }

  private static func text(_ failure: any Failure) -> String {
    failure.hint.isEmpty ? failure.message : failure.message + " (" + failure.hint + ")"
  }
}
