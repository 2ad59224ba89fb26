import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// A run as its snapshot tells it. Snapshots come from anybody: what does not fit is refused.
package struct RecordedRun: Sendable {
  package var run: Run
  package var commit: GitObjectID
  package var facts: CodeFacts
  package var data: [RecordedData]
  package var environment: [String: String]
  package var packages: [RequiredPackage]
  package var hashes: [PackageHash]
  var parameters: [String: String]
  var overridden: Set<String>
  var config: [(path: String, bytes: [UInt8])]
  var large: [FolderSnapshot.LargeFile]

  /// - Throws: `SnapshotFailure` if there is no snapshot, or it is not here; `ReproductionFailure`.
  package static func read(_ id: RunID, in workspace: Workspace) throws -> RecordedRun {
    let run = try workspace.run(id)
    let commit = try workspace.snapshotCommit(of: id)
    let bare = workspace.snapshots.bare
    let files = try bare.files(of: commit)
    guard files.contains(where: { $0.path == TreePath("code") && $0.entry.kind == .folder }) else {
      throw ReproductionFailure.noCode(run.name)
    }
    func bytes(_ path: String) throws -> [UInt8]? {
      try files.first { $0.path == TreePath(path) && [.file, .program].contains($0.entry.kind) }
        .map { try bare.bytes(of: $0.entry.object) }
    }
    func document<Value: Decodable>(_ path: String, _ type: Value.Type) throws -> Value? {
      guard let bytes = try bytes(path) else { return nil }
      guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
        throw ReproductionFailure.unreadable(run.name, path)
      }
      return value
    }
    guard let facts = try document("code.json", CodeFacts.self), !facts.command.isEmpty else {
      throw ReproductionFailure.noCommand(run.name)
    }
    guard facts.isSound else { throw ReproductionFailure.unreadable(run.name, "code.json") }
    let environment = try document("environment/environment.json", [String: String].self) ?? [:]
    let told = try document("data.json", DataDocument.self)?.datasets ?? []
    guard
      let data = RecordedData.all(
        told, run.datasets, root: root(facts, environment["folder"]), folder: environment["folder"])
    else { throw ReproductionFailure.unreadable(run.name, "data.json") }
    return RecordedRun(
      run: run, commit: commit, facts: facts, data: data, environment: environment,
      packages: RequiredPackage.read(
        String(decoding: try bytes("environment/packages.txt") ?? [], as: UTF8.self)),
      hashes: PackageHash.read(
        String(decoding: try bytes(PackageHash.file) ?? [], as: UTF8.self)),
      parameters: try document("config/resolved.json", [String: String].self) ?? [:],
      overridden: Set(
        try document("config/overrides.json", [String: String].self)?.keys ?? [:].keys),
      config: try files.compactMap { file in
        guard let path = configPath(file) else { return nil }
        return (path, try bare.bytes(of: file.entry.object))
      },
      large: run.artifacts.filter(\.isCode).map {
        FolderSnapshot.LargeFile(
          path: TreePath(String($0.path.dropFirst(Workspace.codeFolder.count))),
          digest: $0.digest, byteCount: $0.byteCount)
      })
  }

  /// The project's top as it was; nil if that is not known.
  package var root: String? { RecordedRun.root(facts, environment["folder"]) }

  private static func root(_ facts: CodeFacts, _ folder: String?) -> String? {
    guard let folder, folder.hasPrefix("/"), let place = facts.folder else { return nil }
    if place == "." { return folder }
    return folder.hasSuffix("/" + place) ? String(folder.dropLast(place.utf8.count + 1)) : nil
  }

  /// The artifact that a file of `config/` was; nil for what is made of the params.
  private static func configPath(_ file: SnapshotFile) -> String? {
    guard file.entry.kind != .folder, file.entry.kind != .link, let path = file.path.exactText,
      path.hasPrefix("config/"), (try? Check.artifactPath(path)) != nil
    else { return nil }
    let own = ["resolved.json", "overrides.json"]
    let name = String(path.dropFirst(7))
    if own.contains(name) { return nil }
    return own.contains { name == "given-" + $0 } ? "config/" + name.dropFirst(6) : path
  }
}

extension CodeFacts {
  /// Words and a folder that may be used.
  package var isSound: Bool {
    !command.contains { $0.utf8.contains(0) } && command.first?.isEmpty == false
      && (folder == nil || folder == "." || PlainPath.isBelow(folder ?? ""))
  }
}

/// Paths that stay below a folder.
enum PlainPath {
  static func isBelow(_ path: String) -> Bool {
    !path.hasPrefix("/") && !path.utf8.contains(0)
      && !path.split(separator: "/", omittingEmptySubsequences: false).contains {
        $0.isEmpty || $0 == "." || $0 == ".."
      }
  }
}
