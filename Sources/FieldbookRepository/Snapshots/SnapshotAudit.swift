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
    try withObjects { database, repository in
      var audit = SnapshotAudit(runs: try runs(repository))
      var seen: Set<GitObjectID> = []
      for (run, commit) in audit.runs.sorted(by: { $0.key < $1.key }) {
        var open = [commit]
        while let object = open.popLast() {
          guard seen.insert(object).inserted else { continue }
          audit.objects += 1
          guard let below = database.reached(object) else {
            audit.damaged.append((object, run))
            continue
          }
          open += below
        }
      }
      return audit
    } ?? SnapshotAudit()
  }
}

extension BareRepository {
  /// These commits and all that they need, each once, folders before what is in them. What cannot be read is left out with what is
  /// below it.
  package func reached(from commits: [GitObjectID]) throws -> [GitObjectID] {
    try withObjects { database, _ in
      var seen: Set<GitObjectID> = []
      var out: [GitObjectID] = []
      for commit in commits {
        var open = [commit]
        while let object = open.popLast() {
          guard seen.insert(object).inserted, let below = database.reached(object) else { continue }
          out.append(object)
          open += below.reversed()
        }
      }
      return out
    } ?? []
  }

  /// Every object that a snapshot here names.
  func reachedBySnapshots() throws -> Set<GitObjectID> {
    try withObjects { database, repository in
      var seen: Set<GitObjectID> = []
      var open = Array(try runs(repository).values)
      while let object = open.popLast() {
        guard seen.insert(object).inserted else { continue }
        open += database.named(by: object)
      }
      return seen
    } ?? []
  }
}

extension ObjectDatabase {
  /// What a commit or a tree names; of a file nothing is read but its kind.
  fileprivate func named(by id: GitObjectID) -> [GitObjectID] {
    var size = 0
    var kind = GIT_OBJECT_INVALID
    var name = id.raw
    guard git_odb_read_header(&size, &kind, raw, &name) == 0, kind != GIT_OBJECT_BLOB else {
      return []
    }
    return reached(id) ?? []
  }

  /// Nil for an object that cannot be read.
  func reached(_ id: GitObjectID) -> [GitObjectID]? {
    guard let (kind, bytes) = read(id) else { return nil }
    switch kind {
    case GIT_OBJECT_BLOB: return []
    case GIT_OBJECT_COMMIT: return GitObject.tree(ofCommit: bytes).map { [$0] }
    case GIT_OBJECT_TREE: return GitObject.entries(ofTree: bytes)?.map(\.object)
    default: return nil
    }
  }
}
