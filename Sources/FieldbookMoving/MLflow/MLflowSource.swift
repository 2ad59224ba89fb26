import Foundation

/// Whatever MLflow keeps its runs in.
package enum MLflowSource {
  /// - Parameter place: a file, a folder, or the URL of a tracking server or of a PostgreSQL database.
  /// - Parameter only: names of experiments; nil for all.
  /// - Parameter variables: MLflow's own, for credentials.
  package static func open(
    _ place: String, artifacts: String? = nil, only: Set<String>? = nil,
    variables: [String: String]
  ) throws -> any Source {
    if isServer(place) {
      return TrackingServer(try TrackingClient(place, variables: variables), only: only)
    }
    if ["postgresql", "postgres"].contains(place.prefix { $0.isLetter }), place.contains("://") {
      return try TrackingDatabase(postgres: place, artifacts: artifacts, only: only)
    }
    guard !place.contains("://") else {
      throw MovingFailure.unsupported(
        "\(place.prefix { $0 != ":" }) is no kind of source that can be read directly",
        hint: "start MLflow over it, and give its URL: mlflow server --backend-store-uri …")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
      throw MovingFailure.notThere(place)
    }
    return isFolder.boolValue
      ? try FileStore(path: place, artifacts: artifacts, only: only)
      : try TrackingDatabase(path: place, artifacts: artifacts, only: only)
  }

  package static func isServer(_ place: String) -> Bool {
    place.hasPrefix("http://") || place.hasPrefix("https://")
  }
}
