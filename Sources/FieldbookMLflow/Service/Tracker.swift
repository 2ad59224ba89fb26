import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Logging
import NIOPosix

/// What the endpoints work on: a workspace, and the run that waits to be adopted.
struct Tracker: Sendable {
  let workspace: Workspace
  let adoption: Adoption
  let logger: Logger

  /// Runs `work` on a thread that may block, with every error turned into one for the client.
  func blocking<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    let logger = self.logger
    return try await Blocking.run {
      do {
        return try work()
      } catch {
        throw MLflowError(error, logger: logger)
      }
    }
  }
}

// What clients name things by.
extension Tracker {
  func experiment(_ decimal: String) throws -> Experiment {
    guard Int64(decimal) != nil else {
      throw MLflowError.invalid(
        "Invalid experiment ID '\(decimal)'. Experiment ID must be a valid integer.")
    }
    do {
      return try workspace.experiment(decimal: decimal)
    } catch WorkspaceFailure.notFound {
      throw MLflowError.missing("No Experiment with id=\(decimal) exists")
    }
  }

  /// A search passes over those that are not there. Each once, however often it is named.
  func knownExperiments(_ decimals: [String]) throws -> [ExperimentID] {
    try Set(decimals).sorted().compactMap { decimal in
      do {
        return try experiment(decimal).id
      } catch let error as MLflowError where error.code == .resourceDoesNotExist {
        return nil
      }
    }
  }

  /// A search over traces passes over what is no number, too.
  func searchedExperiments(_ decimals: [String]) throws -> [ExperimentID] {
    try knownExperiments(decimals.filter { Int64($0) != nil })
  }

  func activeExperiment(_ decimal: String) throws -> Experiment {
    let experiment = try experiment(decimal)
    guard experiment.lifecycle == .active else {
      throw MLflowError.invalid(
        "The experiment \(decimal) must be in the 'active' state."
          + " Current state is \(experiment.lifecycle.rawValue).")
    }
    return experiment
  }

  func runID(_ text: String) throws(MLflowError) -> RunID {
    guard let id = RunID(hex: text) else { throw Tracker.noRun(text) }
    return id
  }

  func runID(_ fields: Fields) throws(MLflowError) -> RunID {
    try runID(try fields.runText())
  }

  func run(_ id: RunID) throws -> Run {
    do {
      return try workspace.run(id)
    } catch WorkspaceFailure.notFound {
      throw Tracker.noRun(id.hex)
    }
  }

  /// What is written to a deleted run would vanish from sight; MLflow refuses it.
  func activeRun(_ id: RunID) throws -> Run {
    let run = try run(id)
    guard run.lifecycle == .active else { throw Tracker.inactive(id.hex) }
    return run
  }

  static func noRun(_ text: String) -> MLflowError { .missing("Run with id=\(text) not found") }

  static func inactive(_ run: String) -> MLflowError {
    .invalid("The run \(run) must be in the 'active' state. Current state is deleted.")
  }

  func loggedModel(_ text: String, allowDeleted: Bool = false) throws -> LoggedModel {
    let missing = MLflowError.missing("Logged model with ID '\(text)' not found.")
    guard let id = LoggedModelID(modelText: text) else { throw missing }
    do {
      let model = try workspace.loggedModel(id)
      guard model.lifecycle == .active || allowDeleted else { throw missing }
      return model
    } catch WorkspaceFailure.notFound {
      throw missing
    }
  }

  func model(_ name: String) throws -> RegisteredModel {
    try EntryRules.modelName(name)
    let missing = MLflowError.missing("Registered Model with name=\(name) not found")
    do {
      let model = try workspace.model(named: name)
      guard model.lifecycle == .active else { throw missing }
      return model
    } catch WorkspaceFailure.notFound {
      throw missing
    } catch WorkspaceFailure.deleted {
      throw missing
    }
  }

  /// Like MLflow, says of a version of a model that is not there that the version is not there.
  func version(
    _ reference: String, ofModel name: String
  ) throws -> (RegisteredModel, ModelVersion) {
    let model: RegisteredModel
    do {
      model = try self.model(name)
    } catch let error as MLflowError where error.code == .resourceDoesNotExist {
      throw Tracker.noVersion(reference, name)
    }
    return (model, try version(reference, of: model))
  }

  private static func noVersion(_ reference: String, _ name: String) -> MLflowError {
    guard ModelVersion.reads(reference) else {
      return .invalid("Parameter 'version' must be an integer, got '\(reference)'.")
    }
    return .missing("Model Version (name=\(name), version=\(reference)) not found")
  }

  /// `reference` as MLflow's clients write it, an integer; labels such as `7~a3f91c02` serve too.
  func version(_ reference: String, of model: RegisteredModel) throws -> ModelVersion {
    let plain = reference.trimmingPrefix { $0.isWhitespace }
    do {
      let version = try workspace.version(of: model.id, reference: String(plain))
      guard version.lifecycle == .active else { throw Tracker.noVersion(reference, model.name) }
      return version
    } catch WorkspaceFailure.notFound {
      throw Tracker.noVersion(reference, model.name)
    }
  }
}

extension ModelVersion {
  /// Whether a text could name a version: an integer, or a label such as `7~a3f91c02`.
  fileprivate static func reads(_ text: String) -> Bool {
    let parts = text.split(separator: "~", omittingEmptySubsequences: false)
    let plain = parts[0].trimmingPrefix { $0.isWhitespace }
    return Int64(plain) != nil && (parts.count == 1 || parts.count == 2 && parts[1].count == 8)
  }
}
