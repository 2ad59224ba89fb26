import FieldbookModel

/// Where the files of a model version are said to be.
struct ModelSource: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    /// `models:/m-…`, or another name of one part: what is logged there, if anything.
    case loggedModel(String)
    /// `models:/NAME/7`, `/Production`, `/latest` or `@champion`
    case registered(name: String, Reference)
    /// `mlflow-artifacts:/…`
    case artifacts(ArtifactAddress)
    /// `runs:/ID/path`
    case run(String)
    /// A path, or `file:`
    case local(String)
    /// Outside.
    case other
    /// `models:` or `runs:` without sense.
    case malformed
  }

  enum Reference: Equatable, Sendable {
    case version(String)
    case stage(String)
    case alias(String)
    case latest
  }

  var text: String
  var parts: URIParts
  var kind: Kind

  init(_ text: String) {
    self.text = text
    parts = URIParts(text)
    kind = ModelSource.kind(of: text, parts)
  }

  /// The logged model that the files belong to.
  var loggedModel: LoggedModelID? {
    switch kind {
    case .loggedModel(let name): LoggedModelID(modelText: name)
    case .artifacts(let address):
      if case .model(let id) = address.owner { id } else { nil }
    case .registered, .run, .local, .other, .malformed: nil
    }
  }

  private static func kind(of text: String, _ parts: URIParts) -> Kind {
    switch parts.scheme {
    case "": return .local(text)
    case "file": return .local(parts.path)
    case "runs":
      let id = parts.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).first
      guard parts.path.hasPrefix("/"), let id, !id.isEmpty else { return .malformed }
      return .run(String(id))
    case "models": return registered(parts.path)
    case "mlflow-artifacts":
      guard let path = PercentCoding.unwrapped(parts.path) else { return .malformed }
      let address = try? ArtifactAddress(
        path.split(separator: "/").joined(separator: "/"))
      return address.map(Kind.artifacts) ?? .other
    default: return .other
    }
  }

  private static func registered(_ path: String) -> Kind {
    guard path.hasPrefix("/"), path.utf8.count > 1 else { return .malformed }
    let parts = path.drop { $0 == "/" }.split(separator: "/", omittingEmptySubsequences: false)
      .map(String.init)
    guard let first = parts.first, !first.isBlank, parts.count <= 2 else { return .malformed }
    if parts.count == 2 {
      let last = parts[1]
      guard !last.isBlank else { return .malformed }
      if last.allSatisfy(\.isWholeNumber) || last.contains("~") {
        return .registered(name: first, .version(last))
      }
      return .registered(name: first, last.lowercased() == "latest" ? .latest : .stage(last))
    }
    guard let at = first.lastIndex(of: "@") else { return .loggedModel(first) }
    let alias = String(first[first.index(after: at)...])
    return alias.isBlank ? .malformed : .registered(name: String(first[..<at]), .alias(alias))
  }
}

extension String {
  fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
