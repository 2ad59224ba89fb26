import FieldbookModel
import Foundation

/// Puts data where the code expects it, in a folder that was written out from a snapshot.
enum PlacedData {
  /// What is larger is linked, not copied. Bytes.
  static let copiedMax: Int64 = 1 << 30

  /// Puts a copy at `path` below `top`, so that the command may write to it. The same rules as for `link`.
  static func copy(_ path: String, below top: String, from place: String) throws {
    try clear(path, below: top)
    // The data may be a link itself; what is in it is copied as it is.
    let real = URL(fileURLWithPath: place).resolvingSymlinksInPath().path
    try FileManager.default.copyItem(atPath: real, toPath: top + "/" + path)
  }

  /// Makes `path` below `top` a link to where the data lies. Whoever made the snapshot, nothing outside of `top` is
  /// touched: no folder on the way may be a link.
  ///
  /// - Throws: `ReproductionFailure.notPlain`, errors of the system.
  static func link(_ path: String, below top: String, to place: String) throws {
    try clear(path, below: top)
    try FileManager.default.createSymbolicLink(
      atPath: top + "/" + path, withDestinationPath: place)
  }

  private static func clear(_ path: String, below top: String) throws {
    // The project itself is nothing that stands in it.
    guard PlainPath.isBelow(path) else { throw ReproductionFailure.notPlain(path) }
    try makeFolder(PathText.folder(of: path), below: top)
    let whole = top + "/" + path
    var info = stat()
    if lstat(whole, &info) == 0 { try FileManager.default.removeItem(atPath: whole) }
  }

  /// A folder with those above it, as far as they are not there.
  static func makeFolder(_ path: String, below top: String) throws {
    var folder = top
    for name in path.split(separator: "/") where name != "." {
      folder += "/" + name
      var info = stat()
      if lstat(folder, &info) != 0 {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: false)
      } else if info.st_mode & S_IFMT != S_IFDIR {
        throw ReproductionFailure.notPlain(path)
      }
    }
  }
}
