import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// Data as it was before the command started.
struct UsedData: Equatable, Sendable {
  var name: String
  /// As the person wrote it, without secrets.
  var given: String
  /// Absolute, links in it not followed; of a URI the URI.
  var place: String
  /// Nil of a URI: nobody looks there.
  var version: DataVersion?

  /// - Parameter passing: a folder that will go away.
  /// - Throws: `DataFailure` for what is no file or folder that can be read; then nothing should run.
  static func take(
    _ given: [GivenData], in folder: String, _ workspace: Workspace, passing: String? = nil,
    told: @escaping @Sendable (String, DataProgress) -> Void
  ) throws -> [UsedData] {
    try given.map { one in
      let shown = SecretMasking.mask(one.given).masked
      guard !one.isURI else {
        return UsedData(name: one.name, given: shown, place: shown, version: nil)
      }
      let path = DataPath.absolute(one.given, in: folder)
      let version = try workspace.readData(path, shown: shown, passing: passing) {
        told(one.name, $0)
      }
      return UsedData(
        name: one.name, given: shown, place: SecretMasking.mask(path).masked, version: version)
    }
  }

  var words: String {
    guard let version else { return "data \(name) by its URI" }
    let files = version.kind == .folder ? Amount.of(version.files, "file") + ", " : ""
    return "data \(name) (\(files)\(ByteSize.words(version.byteCount)), \(version.shortDigest))"
  }

  /// What clients of MLflow see of it, and `show` and `compare`.
  var dataset: Dataset {
    let source = version == nil ? ["uri": given] : ["uri": place]
    let schema = version?.columns.map { Documents.line(["columns": $0]) }
    let profile = version.map { Documents.line(["bytes": $0.byteCount, "files": Int64($0.files)]) }
    // MLflow's limit is 36 characters; of a URI, whose content nobody looked at, it names the URI.
    let digest = version?.digest ?? ContentDigest(sha256: Array(given.utf8))
    var tags: [String: String] = [:]
    if let version {
      tags = [ContentTag.content: version.digestText, ContentTag.when: ContentTag.before]
    }
    return Dataset(
      name: name, digest: String(digest.hex.prefix(32)),
      sourceType: version == nil ? String(given.prefix { $0 != ":" }) : "local",
      source: Documents.line(source), schema: schema, profile: profile, context: nil, tags: tags)
  }
}

extension DataVersion {
  /// `sha256:` and the first digits.
  var shortDigest: String { String(digestText.prefix(15)) + "…" }
}

/// Paths of data, in words.
enum DataPath {
  /// - Parameter given: relative to `folder`, absolute, or a `file://` URI.
  static func absolute(_ given: String, in folder: String) -> String {
    var path = given
    if given.hasPrefix("file://") {
      path = URL(string: given)?.path(percentEncoded: false) ?? String(given.dropFirst(7))
    }
    if path.hasPrefix("~") { path = (path as NSString).expandingTildeInPath }
    let whole = path.hasPrefix("/") ? path : folder + "/" + path
    return (whole as NSString).standardizingPath
  }

  /// `data/x.csv` for what lies in the project, else the same. The last name may be a link: it is the project's.
  static func place(of path: String, in root: String?) -> String {
    guard let root else { return path }
    let folder = PathText.folder(of: path)
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let parent = URL(fileURLWithPath: folder.isEmpty ? "/" : folder).resolvingSymlinksInPath().path
    let top = URL(fileURLWithPath: root).resolvingSymlinksInPath().path
    let own = (parent == "/" ? "" : parent) + "/" + name
    if own == top { return "." }
    return own.hasPrefix(top + "/") ? String(own.dropFirst(top.count + 1)) : path
  }
}
