import Cgit2
import FieldbookModel

/// One name in a folder of a snapshot.
package struct TreeEntry: Equatable, Sendable {
  package enum Kind: UInt32, Sendable {
    case folder = 0o040000
    case file = 0o100644
    case program = 0o100755
    case link = 0o120000
  }

  package var kind: Kind
  package var object: GitObjectID

  package init(_ kind: Kind, _ object: GitObjectID) {
    self.kind = kind
    self.object = object
  }
}

/// Takes git's objects: writes them, or only names them.
protocol ObjectTaking {
  func add(_ kind: git_object_t, _ bytes: [UInt8]) throws -> GitObjectID
}

extension ObjectWriter: ObjectTaking {}

/// Names objects, and keeps nothing.
struct ObjectNaming: ObjectTaking {
  /// - Throws: `GitFailure.failed`, if libgit2 has no memory left.
  func add(_ kind: git_object_t, _ bytes: [UInt8]) throws -> GitObjectID {
    GitLibrary.start
    var raw = git_oid()
    guard git_odb_hash(&raw, bytes, bytes.count, kind) == 0 else {
      throw GitFailure.failed("", doing: "name an object", reason: GitLibrary.lastError)
    }
    return GitObjectID(raw)
  }
}

extension ObjectTaking {
  /// Trees of files with their paths below one folder, made from the leaves up.
  ///
  /// - Parameter files: by path, each once; none is a folder of another.
  func tree(_ files: [(path: TreePath, entry: TreeEntry)]) throws -> GitObjectID {
    let sorted = files.sorted { $0.path < $1.path }.map { (names: $0.path.names, entry: $0.entry) }
    return try tree(sorted[...], depth: 0)
  }

  private func tree(
    _ files: ArraySlice<(names: [ArraySlice<UInt8>], entry: TreeEntry)>, depth: Int
  ) throws -> GitObjectID {
    var entries: [(name: [UInt8], entry: TreeEntry)] = []
    var index = files.startIndex
    while index < files.endIndex {
      let name = files[index].names[depth]
      if files[index].names.count == depth + 1 {
        entries.append((Array(name), files[index].entry))
        index += 1
      } else {
        var end = index + 1
        while end < files.endIndex, files[end].names.count > depth + 1,
          files[end].names[depth].elementsEqual(name)
        {
          end += 1
        }
        let folder = try tree(files[index..<end], depth: depth + 1)
        entries.append((Array(name), TreeEntry(.folder, folder)))
        index = end
      }
    }
    return try folder(entries)
  }

  /// A tree's bytes: `MODE NAME\0ID`, one after the other; a folder is sorted as if its name ended in a slash.
  func folder(_ entries: [(name: [UInt8], entry: TreeEntry)]) throws -> GitObjectID {
    func key(_ one: (name: [UInt8], entry: TreeEntry)) -> [UInt8] {
      one.entry.kind == .folder ? one.name + [TreePath.slash] : one.name
    }
    var bytes: [UInt8] = []
    for one in entries.sorted(by: { key($0).lexicographicallyPrecedes(key($1)) }) {
      bytes += Array(String(one.entry.kind.rawValue, radix: 8).utf8) + [32] + one.name + [0]
      bytes += one.entry.object.bytes
    }
    return try add(GIT_OBJECT_TREE, bytes)
  }
}
