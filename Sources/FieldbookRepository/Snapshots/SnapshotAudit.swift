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
    try references(below: SnapshotRepository.reference(""), repository)
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
}

extension ObjectDatabase {
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
