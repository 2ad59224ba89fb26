import FieldbookModel
import Foundation

/// Where a client wishes an experiment's files to be, under MLflow's rules.
enum ArtifactLocation {
  static func checked(_ text: String) throws(MLflowError) -> String {
    let parts = URIParts(text)
    let last = parts.path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard parts.fragment.map(\.isEmpty) ?? true,
      !last.contains(";") || !["", "ftp", "hdfs", "http", "https", "sftp"].contains(parts.scheme)
    else { throw .invalid("'artifact_location' URL can't include fragments or params.") }
    guard let query = PercentCoding.unwrapped(parts.query ?? ""), !query.contains("..") else {
      throw .invalid("Invalid query string")
    }
    try SourceRule.checkHost(of: parts, as: "artifact_location")
    guard !text.hasPrefix("runs:") else {
      throw .invalid("Artifact location cannot be a runs:/ URI. Given: '\(text)'")
    }
    guard text.unicodeScalars.count <= 2048 else {
      throw .invalid(
        "Invalid artifact path length. The length of the artifact path cannot be greater than 2048"
          + " characters. To configure this limit, please set the MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH"
          + " environment variable.")
    }
    guard parts.scheme.isEmpty || parts.scheme == "file", !parts.path.hasPrefix("/") else {
      return text
    }
    let absolute = FileManager.default.currentDirectoryPath + "/" + parts.path
    return parts.scheme.isEmpty ? absolute : "file://" + absolute
  }
}
