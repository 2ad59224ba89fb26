import Cgit2
import FieldbookModel
import Foundation

/// What reading every snapshot whole has shown.
package struct SnapshotAudit: Sendable {
  /// Runs whose snapshot is here, and its commit.
  package var runs: [String: GitObjectID] = [:]
  package var objects = 0
  /// Objects that cannot be read, and a run whose snapshot needs them.
  package var damaged: [(object: GitObjectID, run: String)] = []
}

extension BareRepository {
  /// Runs whose snapshot is here whole, as far as its reference tells.
  package func runs() throws -> [String: GitObjectID] {
    guard let repository = try open() else { return [:] }
    defer { git_repository_free(repository) }
    return try runs(repository)
  }

  private func runs(_ repository: OpaquePointer) throws -> [String: GitObjectID] {
    var iterator: OpaquePointer?
    let pattern = SnapshotRepository.reference("*")
    guard git_reference_iterator_glob_new(&iterator, repository, pattern) == 0 else {
      throw failure("list its references")
    }
    defer { git_reference_iterator_free(iterator) }
    var out: [String: GitObjectID] = [:]
    var reference: OpaquePointer?
    while git_reference_next(&reference, iterator) == 0, let found = reference {
      defer { git_reference_free(found) }
      guard let name = git_reference_name(found), let id = git_reference_target(found) else {
        continue
      }
      let run = String(cString: name).dropFirst(SnapshotRepository.reference("").count)
      out[String(run)] = GitObjectID(id.pointee)
    }
    return out
  }

  /// Reads every object that a snapshot reaches, each once; its bytes have to be what its name says.
  package func audit() throws -> SnapshotAudit {
    guard let repository = try open() else { return SnapshotAudit() }
    defer { git_repository_free(repository) }
    var database: OpaquePointer?
    guard git_repository_odb(&database, repository) == 0, let database else {
      throw failure("open its objects")
    }
    defer { git_odb_free(database) }
    var audit = SnapshotAudit(runs: try runs(repository))
    var seen: Set<GitObjectID> = []
    for (run, commit) in audit.runs.sorted(by: { $0.key < $1.key }) {
      var open = [commit]
      while let object = open.popLast() {
        guard seen.insert(object).inserted else { continue }
        audit.objects += 1
        guard let below = BareRepository.reached(object, database) else {
          audit.damaged.append((object, run))
          continue
        }
        open += below
      }
    }
    return audit
  }

  /// Nil for an object that cannot be read.
  private static func reached(_ id: GitObjectID, _ database: OpaquePointer) -> [GitObjectID]? {
    var raw = id.raw
    var object: OpaquePointer?
    guard git_odb_read(&object, database, &raw) == 0, let object else { return nil }
    defer { git_odb_object_free(object) }
    let bytes = Array(
      UnsafeRawBufferPointer(
        start: git_odb_object_data(object), count: git_odb_object_size(object)))
    switch git_odb_object_type(object) {
    case GIT_OBJECT_BLOB: return []
    case GIT_OBJECT_COMMIT: return GitObject.tree(ofCommit: bytes).map { [$0] }
    case GIT_OBJECT_TREE: return GitObject.entries(ofTree: bytes)?.map(\.object)
    default: return nil
    }
  }
}

/// The forms of git's objects, as far as snapshots use them.
package enum GitObject {
  /// The tree that a commit's first line names. Nil for anything else, and for one with parents: snapshots have none.
  package static func tree(ofCommit bytes: [UInt8]) -> GitObjectID? {
    guard bytes.count > 46, bytes.starts(with: "tree ".utf8), bytes[45] == 10,
      !bytes[46...].starts(with: "parent ".utf8)
    else { return nil }
    return GitObjectID(hex: String(decoding: bytes[5..<45], as: UTF8.self))
  }

  /// `MODE NAME\0ID`, one after the other; nil for anything else.
  package static func entries(ofTree bytes: [UInt8]) -> [(
    name: [UInt8], kind: TreeEntry.Kind, object: GitObjectID
  )]? {
    var out: [(name: [UInt8], kind: TreeEntry.Kind, object: GitObjectID)] = []
    var index = 0
    while index < bytes.count {
      guard let space = bytes[index...].prefix(8).firstIndex(of: 32),
        let end = bytes[space...].firstIndex(of: 0), bytes.count - end > 20,
        let mode = UInt32(String(decoding: bytes[index..<space], as: UTF8.self), radix: 8),
        let kind = TreeEntry.Kind(rawValue: mode),
        String(mode, radix: 8).utf8.elementsEqual(bytes[index..<space]),
        let object = GitObjectID(hex: Hex.encode(Array(bytes[(end + 1)..<(end + 21)])))
      else { return nil }
      let name = Array(bytes[(space + 1)..<end])
      guard TreePath.isGoodName(name) else { return nil }
      out.append((name, kind, object))
      index = end + 21
    }
    return out
  }
}
