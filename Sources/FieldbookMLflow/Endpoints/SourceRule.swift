import FieldbookModel
import FieldbookWorkspace
import Foundation

/// What MLflow's server asks of the source of a model version, with its words: no host that the server would be made
/// to speak to, no path of the server's disk, no climbing, and nothing of a run or a logged model but of the one named.
struct SourceRule {
  private let source: ModelSource

  init(_ source: ModelSource) { self.source = source }

  /// Schemes whose addresses name a host.
  private static let hosted: Set = [
    "ftp", "sftp", "hdfs", "viewfs", "http", "https", "r2", "b2", "abfss",
  ]

  func checkHost() throws(MLflowError) {
    try SourceRule.checkHost(of: source.parts, as: "source")
  }

  static func checkHost(of parts: URIParts, as field: String) throws(MLflowError) {
    let scheme = parts.scheme
    guard hosted.contains(scheme) || scheme == "mlflow-artifacts" && parts.hasAuthority else {
      return
    }
    throw .invalid(
      "'\(field)' cannot use the '\(scheme)' scheme: the '\(scheme)' scheme addresses a host other than"
        + " the tracking server's configured artifact storage, so the server would connect to the host"
        + " named in the URI. Set the MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES environment"
        + " variable on the server to allow it.")
  }

  /// - Parameter run: what the client names; may be empty.
  func checkIsOfRun(_ run: String, _ tracker: Tracker) throws {
    switch source.kind {
    case .local:
      if !run.isEmpty { try require(run: run, tracker) }
      throw ofNoDisk("run", isNamed: !run.isEmpty)
    default: try checkIsPlain()
    }
    switch source.kind {
    case .run(let id) where !source.parts.hasAuthority && !run.isEmpty && id == run: return
    case .loggedModel: throw notContained("model_id")
    case .artifacts(let address):
      if !run.isEmpty {
        try require(run: run, tracker)
        if case .run(let id) = address.owner, id.hex == run { return }
      }
      throw notContained("run_id")
    case .registered, .local: return
    case .run: throw notContained("run_id")
    case .other, .malformed:
      if ["runs", "mlflow-artifacts"].contains(source.parts.scheme) {
        throw notContained("run_id")
      }
    }
  }

  func checkIsOfModel(_ model: String, _ tracker: Tracker) throws {
    switch source.kind {
    case .local:
      try require(model: model, tracker)
      throw ofNoDisk("model", isNamed: true)
    default: try checkIsPlain()
    }
    switch source.kind {
    case .loggedModel(let name) where name == model: return
    case .artifacts(let address):
      try require(model: model, tracker)
      if case .model(let id) = address.owner, id.modelText == model { return }
      throw notContained("model_id")
    case .registered, .local: return
    case .loggedModel, .run: throw notContained("model_id")
    case .other, .malformed:
      if ["runs", "mlflow-artifacts", "models"].contains(source.parts.scheme) {
        throw notContained("model_id")
      }
    }
  }

  /// Absolute, and nothing in it that resolves to something else.
  private func checkIsPlain() throws(MLflowError) {
    let climbing = invalid(
      "If supplying a source as an http, https, local file path, ftp, objectstore, or"
        + " mlflow-artifacts uri, an absolute path must be provided without relative path references"
        + " present. Please provide an absolute path.")
    guard let whole = PercentCoding.unwrapped(source.text, plusIsSpace: true) else {
      throw climbing
    }
    let parts = URIParts(whole).path.split(separator: "/")
    guard URIParts(whole).path.hasPrefix("/"), !parts.isEmpty, !parts.contains("."),
      !whole.split(separator: "/").contains(".."), !whole.contains("\0")
    else { throw climbing }
  }

  private func require(run: String, _ tracker: Tracker) throws {
    do {
      _ = try tracker.run(try tracker.runID(run))
    } catch let error as MLflowError where error.code == .resourceDoesNotExist {
      throw notContained("run_id")
    }
  }

  private func require(model: String, _ tracker: Tracker) throws {
    do {
      _ = try tracker.loggedModel(model)
    } catch let error as MLflowError where error.code == .resourceDoesNotExist {
      throw notContained("model_id")
    }
  }

  /// Files of runs and models are in the replica, so no path of the disk is within them.
  private func ofNoDisk(_ owner: String, isNamed: Bool) -> MLflowError {
    var shown = source.text
    if isNamed, case .local(let path) = source.kind {
      let folder = FileManager.default.currentDirectoryPath
      shown = PythonText.normalPath(path.hasPrefix("/") ? path : folder + "/" + path)
    }
    return .invalid(
      "Invalid model version source: '\(shown)'. To use a local path as a model version source, the"
        + " \(owner)_id request parameter has to be specified and the local path has to be contained"
        + " within the artifact directory of the run specified by the \(owner)_id.")
  }

  func notContained(_ parameter: String) -> MLflowError {
    invalid(
      "The \(parameter) request parameter must identify the resource that contains the source.")
  }

  func invalid(_ reason: String) -> MLflowError {
    .invalid("Invalid model version source: '\(source.text)'. " + reason)
  }
}
