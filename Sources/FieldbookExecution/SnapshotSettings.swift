import FieldbookModel
import FieldbookRepository

/// Whether and how much of a project is taken, as settings and environment say.
enum SnapshotSettings {
  static let snapshot = "FIELDBOOK_SNAPSHOT"
  static let file = "FIELDBOOK_SNAPSHOT_FILE_MAX"
  static let all = "FIELDBOOK_SNAPSHOT_MAX"

  static func isOn(_ variables: [String: String]) -> Bool {
    !["0", "off", "no", "false", "none"].contains(variables[snapshot]?.lowercased() ?? "")
  }

  static func limits(_ variables: [String: String]) throws(InvalidInput) -> SnapshotLimits {
    var limits = SnapshotLimits()
    if let bytes = try bytes(file, variables) { limits.fileBytes = bytes }
    if let bytes = try bytes(all, variables) { limits.allBytes = bytes }
    return limits
  }

  private static func bytes(_ name: String, _ variables: [String: String]) throws(InvalidInput)
    -> Int64?
  {
    guard let text = variables[name], !text.isEmpty else { return nil }
    guard let bytes = ByteSize.parse(text) else {
      throw InvalidInput("\(name) is '\(text)', which is no size", hint: "for example 200 MiB")
    }
    return bytes
  }
}
