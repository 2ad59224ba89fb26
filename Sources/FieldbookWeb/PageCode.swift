import FieldbookDocuments
import FieldbookExecution
import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// What a run's snapshot holds: files of the code and what lies beside them.
extension PageLooking {
  private static let filesMax = 50_000

  func code(_ id: RunID) throws -> JSON {
    let run = try workspace.run(id)
    let source = RunSource(run.environment)
    let told: JSON = [
      "commit": .optional(source.gitCommit), "branch": .optional(source.branch),
      "dirty": source.isDirty.map { .bool($0) } ?? .null, "snapshot": .optional(source.snapshot),
    ]
    guard source.snapshot != nil, let files = try snapshotFiles(of: id) else {
      return told.adding([
        "here": .bool(source.snapshot == nil), "files": [], "left_out": [], "patch": .null,
        "patch_cut": .bool(false),
      ])
    }
    func bytes(_ path: String) throws -> [UInt8]? {
      let file = files.first { $0.path == TreePath(path) && $0.entry.kind == .file }
      return try file.map { try workspace.snapshots.bare.bytes(of: $0.entry.object) }
    }
    let facts = try bytes("code.json").flatMap {
      try? JSONDecoder().decode(CodeFacts.self, from: Data($0))
    }
    let patch = try bytes(CommitPatch.name)
    let large = Dictionary(
      run.artifacts.filter(\.isCode).map { ($0.path, $0.byteCount) }, uniquingKeysWith: { $1 })
    return told.adding([
      "here": .bool(true), "left_out": .array(PageLooking.leftOut(facts)),
      "patch": .optional(patch.map { String(decoding: $0, as: UTF8.self) }),
      "patch_cut": .bool((facts?.unpatchedFiles ?? 0) > 0),
      "files": .array(try list(files, large)),
    ])
  }

  private func list(_ files: [SnapshotFile], _ large: [String: Int64]) throws -> [JSON] {
    let shown = files.filter { $0.entry.kind != .folder }.prefix(PageLooking.filesMax)
    return try workspace.snapshots.bare.sizes(of: shown).map { file, size in
      let bytes = large[file.path.shown]
      let kind = bytes != nil ? "large" : file.entry.kind == .link ? "link" : "file"
      return [
        "path": .string(file.path.shown), "kind": .string(kind),
        "bytes": (bytes ?? size.map(Int64.init)).map { .integer($0) } ?? .null,
      ]
    }
  }

  private static func leftOut(_ facts: CodeFacts?) -> [JSON] {
    (facts?.leftOut ?? []).prefix(filesMax).map {
      ["path": .string($0.path), "reason": .string($0.reason)]
    }
  }

  /// Nil where the snapshot has not come yet.
  private func snapshotFiles(of run: RunID) throws -> [SnapshotFile]? {
    do {
      return try workspace.snapshots.bare.files(of: workspace.snapshotCommit(of: run))
    } catch SnapshotFailure.notHere { return nil }
  }

  /// One of a snapshot's files, by its path in it.
  func snapshotFile(_ run: RunID, _ path: String) throws -> [UInt8] {
    guard let files = try snapshotFiles(of: run) else {
      throw PageFailure(
        .conflict, "the snapshot of this run is not here yet", hint: "fetch it: fieldbook sync")
    }
    guard let file = files.first(where: { $0.path.shown == path && $0.entry.kind != .folder })
    else { throw WorkspaceFailure.notFound(what: "file", reference: path) }
    return try workspace.snapshots.bare.bytes(of: file.entry.object)
  }
}
