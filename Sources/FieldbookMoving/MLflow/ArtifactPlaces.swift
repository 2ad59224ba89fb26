import FieldbookModel
import Foundation

/// Where the files of MLflow's runs and models lie, as far as it can be reached from here.
struct ArtifactPlaces {
  /// What relative paths start from.
  var base: String
  /// Folders that may hold what a server keeps for `mlflow-artifacts:`, or what was moved: given, then guessed.
  var roots: [String]
  /// A person said so, and it is no guess.
  var isGiven = false

  /// - Parameter owner: the folder that is named for the run or the model; a place that does not end in it and `artifacts`
  ///   is none that MLflow made, and is not read.
  func files(at uri: String?, owner: String) -> any ForeignFiles {
    guard let uri, !uri.isEmpty else { return NoFiles(place: "no place") }
    let parts = ArtifactPlaces.path(uri).split(separator: "/").map(String.init)
    guard parts.count >= 3, parts[parts.count - 1] == "artifacts", parts[parts.count - 2] == owner,
      !parts.contains("..")
    else { return NoFiles(place: uri) }
    let exact = ArtifactPlaces.isLocal(uri) ? [ownPath(uri)] : []
    // The end of the path below each root: with ever less before the owner's folder.
    let moved = roots.flatMap { root in
      stride(from: max(0, parts.count - 6), through: parts.count - 2, by: 1).map { start in
        root + "/" + parts[start...].joined(separator: "/")
      }
    }
    for folder in exact + moved where ArtifactPlaces.isFolder(folder) {
      return LocalFiles(root: folder)
    }
    // MLflow makes folders with the first file: where the store itself is, there are none.
    let stores =
      exact.map(ArtifactPlaces.store) + (isGiven && (!exact.isEmpty || isServed(uri)) ? roots : [])
      + (isServed(uri) ? roots.filter { $0.hasSuffix("/" + ArtifactPlaces.serverFolder) } : [])
    return stores.contains(where: ArtifactPlaces.isFolder) ? LocalFiles.none : NoFiles(place: uri)
  }

  /// Where a server keeps files, unless it is told otherwise.
  static let serverFolder = "mlartifacts"

  private func isServed(_ uri: String) -> Bool { uri.hasPrefix("mlflow-artifacts:") }

  private func ownPath(_ uri: String) -> String {
    let path = ArtifactPlaces.path(uri)
    return path.hasPrefix("/") ? path : base + "/" + path
  }

  /// Three above: of the artifacts, their owner, its experiment.
  private static func store(_ folder: String) -> String {
    (0..<3).reduce(folder) { path, _ in PathText.folder(of: path) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// A path on a disk: MLflow's `file:` URIs, and paths as they are.
  static func isLocal(_ uri: String) -> Bool {
    uri.hasPrefix("file:") || !uri.contains(":")
  }

  static func path(_ uri: String) -> String {
    guard let colon = uri.firstIndex(of: ":") else { return uri }
    var rest = uri[uri.index(after: colon)...]
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      // A host, which `file:` leaves empty.
      rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? ""
    }
    return rest.removingPercentEncoding ?? String(rest)
  }
}

/// A place that cannot be reached.
struct NoFiles: ForeignFiles {
  var place: String

  func each(_ body: (ForeignFile) throws -> Void) throws { throw MovingFailure.notThere(place) }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws { throw MovingFailure.notThere(place) }
}
