import FieldbookModel

/// Where the artifacts of a run, a logged model or a trace live, as `mlflow-artifacts:` addresses name it.
struct ArtifactRoot: Equatable, Sendable {
  enum Owner: Equatable, Sendable {
    case run(RunID)
    case model(LoggedModelID)
    case trace(TraceID)

    var key: EntityKey {
      switch self {
      case .run(let id): id.key
      case .model(let id): id.key
      case .trace(let id): id.key
      }
    }
  }

  var experiment: ExperimentID
  var owner: Owner

  static let scheme = "mlflow-artifacts:/"

  var uri: String {
    switch owner {
    case .run(let id): "\(Self.scheme)\(experiment.decimal)/\(id.hex)/artifacts"
    case .model(let id): "\(Self.scheme)\(experiment.decimal)/models/\(id.modelText)/artifacts"
    case .trace(let id): "\(Self.scheme)\(experiment.decimal)/traces/\(id.traceText)/artifacts"
    }
  }
}

/// A path below `mlflow-artifacts/artifacts`, read.
///
/// Only the owner counts: a client that holds the address of a run that has since moved to another
/// experiment still finds the run's files.
package struct ArtifactAddress: Equatable, Sendable {
  var owner: ArtifactRoot.Owner
  /// Relative to the owner's root; empty for the root itself.
  package var path: String

  package init(_ text: String) throws(MLflowError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard !text.hasPrefix("/"), !parts.contains(where: ArtifactAddress.climbs) else {
      throw .invalid("Invalid path")
    }
    let rest: ArraySlice<String>
    if parts.count >= 4, parts[1] == "models", parts[3] == "artifacts",
      let id = LoggedModelID(modelText: parts[2])
    {
      owner = .model(id)
      rest = parts[4...]
    } else if parts.count >= 4, parts[1] == "traces", parts[3] == "artifacts" {
      owner = .trace(TraceID(named: parts[2]))
      rest = parts[4...]
    } else if parts.count >= 3, parts[2] == "artifacts", let id = RunID(hex: parts[1]) {
      owner = .run(id)
      rest = parts[3...]
    } else {
      throw .missing("No such artifact: '\(text)'")
    }
    path = rest.filter { !$0.isEmpty }.joined(separator: "/")
    if !path.isEmpty { try ArtifactAddress.check(path) }
  }

  static func check(_ path: String) throws(MLflowError) {
    do {
      try Check.artifactPath(path)
    } catch {
      throw .invalid("Invalid path")
    }
  }

  private static func climbs(_ part: String) -> Bool {
    part == ".." || part.contains("\\") || part.unicodeScalars.contains { $0.value < 32 }
  }
}

/// The entries of one folder, as MLflow lists them: names with folders first seen.
enum ArtifactFolder {
  /// Names are put below the folder as it was asked for.
  static func list(_ artifacts: [Artifact], asked folder: String) -> [JSON] {
    let isOpen = folder.hasSuffix("/")
    return list(
      artifacts, folder: ArtifactPath.normal(folder),
      prefix: isOpen ? String(folder.dropLast()) : folder)
  }

  /// `prefix` stands before each name in the answer; empty for base names.
  static func list(_ artifacts: [Artifact], folder: String, prefix: String) -> [JSON] {
    // By bytes: a name may begin with a character that would combine with the slash.
    let start = Array((folder.isEmpty ? "" : folder + "/").utf8)
    var folders: Set<String> = []
    var entries: [(name: String, entry: JSON)] = []
    for artifact in artifacts where artifact.path.utf8.starts(with: start) {
      let rest = artifact.path.utf8.dropFirst(start.count)
      let name = String(decoding: rest.prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
      let isFolder = name.utf8.count < rest.count
      guard !isFolder || folders.insert(name).inserted else { continue }
      entries.append(
        (
          name,
          .object([
            "path": .string(prefix.isEmpty ? name : prefix + "/" + name),
            "is_dir": .bool(isFolder),
            // MLflow says no size of an empty file.
            "file_size": isFolder || artifact.byteCount == 0 ? nil : .integer(artifact.byteCount),
          ])
        ))
    }
    return entries.sorted { $0.name < $1.name }.map(\.entry)
  }
}
