import Cgit2
import FieldbookModel

/// Looks into the files of many snapshots. What several hold is read once: each file by its content, each folder with all below it.
package struct SnapshotSearch<Found> {
  package struct Hit {
    package var path: TreePath
    package var found: Found
  }

  /// Files that were read.
  package private(set) var files = 0
  /// Files that are not here, damaged, or no text.
  package private(set) var skippedFiles = 0

  private let bare: BareRepository
  /// Of a file no more than this is looked at.
  private let bytesMax: Int
  private let look: (_ ending: String, _ text: String) -> [Found]
  private var folders: [GitObjectID: [Hit]] = [:]
  private var contents: [Content: [Found]] = [:]

  private struct Content: Hashable {
    var object: GitObjectID
    var ending: String
  }

  private static var depthMax: Int { 128 }
  private static var textBytes: Int { 8192 }

  /// - Parameter look: is given what stands behind the last dot of a file's name, and its text.
  package init(
    _ bare: BareRepository, bytesMax: Int,
    look: @escaping (_ ending: String, _ text: String) -> [Found]
  ) {
    self.bare = bare
    self.bytesMax = bytesMax
    self.look = look
  }

  /// Calls `body` with what each snapshot holds of it, in the order of the commits; of one that is not here, with nil.
  package mutating func each(
    of commits: some Sequence<GitObjectID>, _ body: (GitObjectID, [Hit]?) throws -> Void
  ) throws {
    let isThere: Void? = try bare.withObjects { objects, _ in
      for commit in commits {
        guard let bytes = objects.read(commit)?.bytes, let tree = GitObject.tree(ofCommit: bytes)
        else {
          try body(commit, nil)
          continue
        }
        try body(commit, hits(inFolder: tree, depth: 0, objects))
      }
    }
    if isThere == nil { for commit in commits { try body(commit, nil) } }
  }

  /// Paths begin at the folder.
  private mutating func hits(inFolder tree: GitObjectID, depth: Int, _ objects: ObjectDatabase)
    -> [Hit]
  {
    if let known = folders[tree] { return known }
    guard depth < Self.depthMax, let folder = objects.read(tree), folder.kind == GIT_OBJECT_TREE,
      let entries = GitObject.entries(ofTree: folder.bytes)
    else { return [] }
    var out: [Hit] = []
    for entry in entries {
      let name = TreePath(bytes: entry.name)
      if entry.kind == .folder {
        out += hits(inFolder: entry.object, depth: depth + 1, objects).map {
          Hit(path: name.appending($0.path.bytes), found: $0.found)
        }
      } else {
        out += found(in: entry.object, name, objects).map { Hit(path: name, found: $0) }
      }
    }
    folders[tree] = out
    return out
  }

  private mutating func found(
    in blob: GitObjectID, _ name: TreePath, _ objects: ObjectDatabase
  ) -> [Found] {
    let dot = name.bytes.lastIndex(of: UInt8(ascii: "."))
    let ending = dot.map { String(decoding: name.bytes[($0 + 1)...], as: UTF8.self) } ?? ""
    let content = Content(object: blob, ending: ending.lowercased())
    if let known = contents[content] { return known }
    var found: [Found] = []
    if let bytes = objects.read(blob)?.bytes, !bytes.prefix(Self.textBytes).contains(0) {
      files += 1
      found = look(
        content.ending, String(decoding: bytes.prefix(bytesMax), as: UTF8.self))
    } else {
      skippedFiles += 1
    }
    contents[content] = found
    return found
  }
}
