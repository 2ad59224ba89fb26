import Cgit2
import FieldbookModel

/// Takes snapshots in from a peer, object by object, from the commit down: it says what is lacking, and takes only that.
///
/// An object that is here already is looked into, since what is below it may be lacking: an earlier intake was cut short. What
/// was flushed is not asked for again. Nothing is named before all that it reaches is here.
///
/// Unchecked: one thread at a time.
package final class SnapshotIntake: @unchecked Sendable {
  private let snapshots: SnapshotRepository
  private let repository: OpaquePointer
  private let writer: ObjectWriter
  private let wanted: [(run: String, commit: GitObjectID)]
  private var seen: Set<GitObjectID> = []
  private var lacking: [GitObjectID: ObjectFrame.Kind] = [:]
  private var order: [GitObjectID] = []
  private static let lackingMax = 2_000_000

  /// - Parameter wanted: snapshots that runs name, and that are not here whole.
  package init(_ snapshots: SnapshotRepository, wanted: [(run: String, commit: GitObjectID)]) throws
  {
    self.snapshots = snapshots
    self.wanted = wanted
    repository = try snapshots.bare.opened()
    writer = try ObjectWriter(repository, path: snapshots.bare.path)
    for one in wanted { try want(one.commit, .commit) }
  }

  deinit { git_repository_free(repository) }

  /// Objects to ask for, in the order in which they were found lacking.
  package func next(_ limit: Int) -> [GitObjectID] {
    order.removeAll { lacking[$0] == nil }
    return Array(order.prefix(limit))
  }

  /// These are not to be had of this peer.
  package func decline(_ objects: some Sequence<GitObjectID>) {
    for object in objects { lacking[object] = nil }
  }

  /// - Throws: `SnapshotFailure.hostile` for an object that was not asked for, or is not what its name says; what came before
  ///   it is kept.
  package func take(_ frames: [ObjectFrame]) throws {
    for frame in frames {
      guard let kind = lacking[frame.object] else {
        // Two parents of one object may both have brought it.
        if seen.contains(frame.object) { continue }
        throw SnapshotFailure.hostile("\(frame.object.hex) was not asked for")
      }
      guard kind == frame.kind, try writer.name(of: frame) == frame.object else {
        throw SnapshotFailure.hostile("\(frame.object.hex) is not what its name says")
      }
      lacking[frame.object] = nil
      // Made by somebody to harm, or by a later program: it is done without, and so is its snapshot; the others come.
      guard let below = try? SnapshotIntake.below(frame.kind, frame.bytes, frame.object) else {
        continue
      }
      _ = try writer.add(frame.kind.git, frame.bytes)
      for (object, kind) in below { try want(object, kind) }
    }
  }

  private func want(_ object: GitObjectID, _ kind: ObjectFrame.Kind) throws {
    var open = [(object, kind)]
    while let (object, kind) = open.popLast() {
      guard seen.insert(object).inserted else { continue }
      if writer.has(object) {
        if kind == .blob { continue }
        if let bytes = writer.read(object),
          let below = try? SnapshotIntake.below(kind, bytes, object)
        {
          open += below
          continue
        }
      }
      guard lacking.count < SnapshotIntake.lackingMax else {
        throw SnapshotFailure.hostile("it holds too many files")
      }
      lacking[object] = kind
      order.append(object)
    }
  }

  private static func below(_ kind: ObjectFrame.Kind, _ bytes: [UInt8], _ object: GitObjectID)
    throws
    -> [(GitObjectID, ObjectFrame.Kind)]
  {
    switch kind {
    case .blob: return []
    case .commit:
      guard let tree = GitObject.tree(ofCommit: bytes) else {
        throw SnapshotFailure.hostile("\(object.hex) is no snapshot's commit")
      }
      return [(tree, .tree)]
    case .tree:
      guard let entries = GitObject.entries(ofTree: bytes) else {
        throw SnapshotFailure.hostile("\(object.hex) is no snapshot's folder")
      }
      return entries.map { ($0.object, $0.kind == .folder ? .tree : .blob) }
    }
  }

  /// Keeps what came, safe from a power cut, so that it is not asked for again.
  package func flush() throws { try writer.finish() }

  /// Names the snapshots that are here whole now.
  ///
  /// - Returns: how many.
  @discardableResult
  package func finish() throws -> Int {
    try flush()
    var whole: [String: GitObjectID] = [:]
    var known: Set<GitObjectID> = []
    for one in wanted where try isWhole(one.commit, &known) { whole[one.run] = one.commit }
    if !whole.isEmpty { try snapshots.restore(whole) }
    return whole.count
  }

  /// - Parameter known: what was found whole before.
  private func isWhole(_ commit: GitObjectID, _ known: inout Set<GitObjectID>) throws -> Bool {
    var open: [(GitObjectID, ObjectFrame.Kind)] = [(commit, .commit)]
    var looked: Set<GitObjectID> = []
    while let (object, kind) = open.popLast() {
      guard !known.contains(object), looked.insert(object).inserted else { continue }
      guard writer.has(object) else { return false }
      guard kind != .blob else { continue }
      guard let bytes = writer.read(object),
        let below = try? SnapshotIntake.below(kind, bytes, object)
      else { return false }
      open += below
    }
    known.formUnion(looked)
    return true
  }
}

extension ObjectFrame.Kind {
  var git: git_object_t {
    switch self {
    case .commit: GIT_OBJECT_COMMIT
    case .tree: GIT_OBJECT_TREE
    case .blob: GIT_OBJECT_BLOB
    }
  }

  init?(_ git: git_object_t) {
    switch git {
    case GIT_OBJECT_COMMIT: self = .commit
    case GIT_OBJECT_TREE: self = .tree
    case GIT_OBJECT_BLOB: self = .blob
    default: return nil
    }
  }
}

extension ObjectWriter {
  func name(of frame: ObjectFrame) throws -> GitObjectID? {
    var id = git_oid()
    return git_odb_hash(&id, frame.bytes, frame.bytes.count, frame.kind.git) == 0
      ? GitObjectID(id) : nil
  }
}

extension BareRepository {
  /// Frames of those of these objects that are here, in their order, until there are `limit` bytes. One that has rotted here is
  /// left out, as one that is not here.
  package func frames(of objects: some Sequence<GitObjectID>, limit: Int) throws -> [UInt8] {
    try withObjects { database, _ in
      var out: [UInt8] = []
      var sum = 0
      for id in objects where out.count < limit && sum < ObjectFrame.messageBytesMax / 2 {
        guard let (type, bytes) = database.read(id), let kind = ObjectFrame.Kind(type),
          bytes.count <= ObjectFrame.objectBytesMax
        else { continue }
        out += ObjectFrame(object: id, kind: kind, bytes: bytes).encoded
        sum += bytes.count
      }
      return out
    } ?? []
  }

  /// Of these objects, those that are here.
  package func held(of objects: [GitObjectID]) throws -> Set<GitObjectID> {
    try withObjects { database, _ in Set(objects.filter(database.has)) } ?? []
  }
}
