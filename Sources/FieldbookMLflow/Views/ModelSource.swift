import FieldbookModel

/// Where the files of a model version are said to be.
struct ModelSource: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// `models:/m-…`
    case loggedModel(LoggedModelID)
    /// `models:/NAME/VERSION`
    case version(name: String, reference: String)
    /// `mlflow-artifacts:/…`
    case artifacts(ArtifactAddress)
    /// Outside, or `runs:/…`, which clients resolve themselves.
    case other
  }

  var text: String
  var kind: Kind

  init(_ text: String) {
    self.text = text
    kind = ModelSource.kind(of: text)
  }

  /// The logged model that the files belong to.
  var loggedModel: LoggedModelID? {
    switch kind {
    case .loggedModel(let id): id
    case .artifacts(let address):
      if case .model(let id) = address.owner { id } else { nil }
    case .version, .other: nil
    }
  }

  /// A path on the client's disk is no place that others can read, one that climbs is no place.
  func checkIsReachable() throws(MLflowError) {
    let scheme = text.prefix { $0 != ":" }
    guard scheme.count < text.count, scheme.count > 1, scheme.lowercased() != "file" else {
      throw .invalid(
        "Invalid model version source: '\(text)'. To use a local path as a model version source,"
          + " the run_id request parameter has to be specified and the local path has to be"
          + " contained within the artifact directory of the run specified by the run_id.")
    }
    let decoded = try PercentCoding.decodePath(text)
    guard !decoded.split(separator: "/").contains("..") else {
      throw .invalid(
        "Invalid model version source: '\(text)'. If supplying a source as an http, https, local"
          + " file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be"
          + " provided without relative path references present. Please provide an absolute path.")
    }
  }

  private static func kind(of text: String) -> Kind {
    if text.hasPrefix("models:/") {
      let parts = text.dropFirst("models:/".count).split(separator: "/")
      if let first = parts.first, let id = LoggedModelID(modelText: first) {
        return .loggedModel(id)
      }
      if parts.count == 2 { return .version(name: String(parts[0]), reference: String(parts[1])) }
    }
    if text.hasPrefix("mlflow-artifacts:/") {
      let path = text.dropFirst("mlflow-artifacts:/".count).drop { $0 == "/" }
      if let address = try? ArtifactAddress(String(path)) { return .artifacts(address) }
    }
    return .other
  }
}
