import FieldbookModel
import FieldbookRepository

/// `data.json` of a snapshot: the data that a run was told to use.
package struct DataDocument: Codable, Equatable, Sendable {
  package struct Entry: Codable, Equatable, Sendable {
    package var name: String
    /// What for: `training`; nobody says so with `--data`.
    package var context: String?
    /// Relative to the project's top for what lies in it, else absolute; nil of a URI.
    package var path: String?
    package var uri: String?
    /// As it was written after `--data`.
    package var given: String?
    /// `file`, `folder` or `uri`.
    package var kind: String
    /// `sha256:` and 64 hexadecimal digits; nil of a URI.
    package var digest: String?
    package var size: Int64?
    package var files: Int?
    package var schema: Schema?
  }

  package struct Schema: Codable, Equatable, Sendable {
    package var columns: [String]
  }

  package var datasets: [Entry]

  /// - Parameter root: the project's top, if there is one.
  init(_ used: [UsedData], root: String?) {
    datasets = used.sorted { $0.name < $1.name }.map { one in
      guard let version = one.version else { return Entry(name: one.name, uri: one.given) }
      return Entry(
        name: one.name, path: DataPath.place(of: one.place, in: root), given: one.given,
        kind: version.kind.rawValue, digest: version.digestText, size: version.byteCount,
        files: version.files, schema: version.columns.map { Schema(columns: $0) })
    }
  }
}

extension DataDocument.Entry {
  fileprivate init(name: String, uri: String) {
    self.init(name: name, uri: uri, kind: "uri")
  }

  private enum CodingKeys: String, CodingKey {
    case name, context, path, uri, given, kind, digest, size, files, schema
  }

  /// What is unknown is null; a path and a URI exclude each other.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(context, forKey: .context)
    if let uri {
      try container.encode(uri, forKey: .uri)
    } else {
      try container.encode(path, forKey: .path)
      try container.encodeIfPresent(given, forKey: .given)
    }
    try container.encode(kind, forKey: .kind)
    try container.encode(digest, forKey: .digest)
    try container.encode(size, forKey: .size)
    try container.encode(files, forKey: .files)
    try container.encode(schema, forKey: .schema)
  }
}
