import FieldbookModel
import Foundation

/// Every file and link of a folder of data, whatever git would say of them.
struct DataListing {
  struct Item {
    var path: TreePath
    var info: stat
    /// Of a link: where it leads, in words.
    var target: [UInt8]?
  }

  private static let depthMax = 64
  private static let filesMax = 5_000_000

  /// In the order of their paths' bytes.
  private(set) var items: [Item] = []
  private let root: String
  /// For messages: the data as the person named it.
  private let shown: String

  init(_ root: String, shown: String) throws(DataFailure) {
    self.root = root
    self.shown = shown
    var folders = [TreePath(bytes: [])]
    while let folder = folders.popLast() { try list(folder, &folders) }
    items.sort { $0.path < $1.path }
  }

  private mutating func list(_ folder: TreePath, _ folders: inout [TreePath]) throws(DataFailure) {
    var found: [Item] = []
    let failure = FolderNames.read(folder, below: root) { name, _, descriptor in
      var item = Item(path: folder.appending(name), info: stat())
      let word = (name + [0]).map { CChar(bitPattern: $0) }
      // One that went meanwhile is not part of it.
      guard fstatat(descriptor, word, &item.info, AT_SYMLINK_NOFOLLOW) == 0 else { return }
      if item.info.st_mode & S_IFMT == S_IFLNK {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(descriptor, word, &target, target.count)
        guard count >= 0 else { return }
        item.target = target[..<count].map { UInt8(bitPattern: $0) }
      }
      found.append(item)
    }
    if let failure {
      throw .cannotRead(name(folder), reason: String(cString: strerror(failure)))
    }
    for item in found {
      switch item.info.st_mode & S_IFMT {
      case S_IFDIR:
        guard item.path.names.count < DataListing.depthMax else { throw .tooDeep(name(item.path)) }
        folders.append(item.path)
      case S_IFREG, S_IFLNK: items.append(item)
      default: throw .odd(name(item.path))
      }
    }
    guard items.count + folders.count <= DataListing.filesMax else {
      throw .tooMany(shown, limit: DataListing.filesMax)
    }
  }

  private func name(_ path: TreePath) -> String {
    path.bytes.isEmpty ? shown : shown + "/" + path.shown
  }
}
