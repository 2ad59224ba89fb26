import Cgit2
import FieldbookModel
import Foundation

/// Every object that was ever written for commits that follow from something else, a line each: what is looked through when
/// something has to be gone.
struct DerivedJournal: Sendable {
  private let bare: BareRepository
  private let path: String

  init(_ bare: BareRepository, name: String) {
    self.bare = bare
    path = "\(bare.path)/fieldbook/\(name)-objects"
  }

  /// Call before they are written.
  func note(_ objects: [GitObjectID]) throws {
    guard !objects.isEmpty else { return }
    let folder = PathText.folder(of: path)
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = Foundation.open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw GitFailure.failed(path, doing: "write it", reason: String(cString: strerror(errno)))
    }
    defer { close(file) }
    let lines = Array(objects.map { $0.hex + "\n" }.joined().utf8)
    guard
      lines.withUnsafeBytes({ Foundation.write(file, $0.baseAddress, $0.count) }) == lines.count,
      fdatasync(file) == 0
    else {
      throw GitFailure.failed(path, doing: "write it", reason: String(cString: strerror(errno)))
    }
  }

  /// Takes off the disk what was written and no reference reaches any more.
  ///
  /// - Parameter before: what else goes then: a restored replica has objects, and no list of what was ever written.
  func forget(_ before: Set<GitObjectID>) throws {
    let lines = FileManager.default.contents(atPath: path).map {
      String(decoding: $0, as: UTF8.self).split(separator: "\n")
    }
    let written = Set((lines ?? []).compactMap { GitObjectID(hex: String($0)) })
    guard !written.isEmpty || !before.isEmpty else { return }
    let kept = try bare.reachedByReferences()
    for object in written.union(before).subtracting(kept) {
      let hex = object.hex
      unlink("\(bare.path)/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
    }
    let left = written.intersection(kept).map { $0.hex + "\n" }.sorted().joined()
    try? Data(left.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}

extension BareRepository {
  /// Every object that a reference here names.
  func reachedByReferences() throws -> Set<GitObjectID> {
    try withObjects { database, repository in
      reached(from: try references(below: "refs/", repository).values, database)
    } ?? []
  }

  /// With all that came before them. Files are not read.
  func reached(from commits: some Sequence<GitObjectID>, _ database: ObjectDatabase) -> Set<
    GitObjectID
  > {
    var seen: Set<GitObjectID> = []
    var open = Array(commits)
    while let object = open.popLast() {
      if seen.insert(object).inserted { open += database.named(by: object) }
    }
    return seen
  }
}

extension ObjectDatabase {
  /// What a commit or a tree names; of a file nothing is read but its kind.
  fileprivate func named(by id: GitObjectID) -> [GitObjectID] {
    var size = 0
    var kind = GIT_OBJECT_INVALID
    var name = id.raw
    guard git_odb_read_header(&size, &kind, raw, &name) == 0, kind != GIT_OBJECT_BLOB,
      let bytes = read(id)?.bytes
    else { return [] }
    return kind == GIT_OBJECT_COMMIT
      ? GitObject.origins(ofCommit: bytes) : GitObject.entries(ofTree: bytes)?.map(\.object) ?? []
  }
}

extension GitObject {
  /// The tree and the parents of any commit.
  fileprivate static func origins(ofCommit bytes: [UInt8]) -> [GitObjectID] {
    var out: [GitObjectID] = []
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      guard !line.isEmpty else { break }
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard words.count == 2, words[0] == "tree" || words[0] == "parent" else { continue }
      if let named = GitObjectID(hex: String(words[1])) { out.append(named) }
    }
    return out
  }
}
