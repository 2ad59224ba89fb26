import FieldbookModel
import Foundation

/// Folders and small files of a file store.
enum StoreFiles {
  /// Names, in order; none of a folder that is not there. Links are not followed: a store has none of its own.
  static func folders(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().filter { name in
      var info = stat()
      return lstat(path + "/" + name, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }
  }

  /// Paths below a folder: a key with `/` is a file in a folder.
  static func names(_ folder: String) throws -> [String] {
    var names: [String] = []
    try LocalFiles(root: folder, isOptional: true).each { names.append($0.path) }
    return names
  }

  /// The contents of files by their names: keys and values.
  static func entries(_ folder: String, owner: String) throws -> [String: String] {
    var entries = BoundedEntries(owner: owner)
    for name in try names(folder) {
      guard let text = try text(folder + "/" + name, limit: 64 * 1024 * 1024) else { continue }
      try entries.add(name, text)
    }
    return entries.values
  }

  /// Nil if there is no such file.
  static func text(_ path: String, limit: Int64) throws -> String? {
    var info = stat()
    guard lstat(path, &info) == 0 else { return nil }
    guard info.st_mode & S_IFMT == S_IFREG else {
      throw MovingFailure.damaged(path: path, reason: "it is no file")
    }
    guard info.st_size <= limit else {
      throw MovingFailure.tooLarge(what: path, limit: "\(limit >> 20) MiB")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw MovingFailure.damaged(path: path, reason: "it cannot be read")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
