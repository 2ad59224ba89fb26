import Foundation

/// Puts data where the code expects it, in a folder that was written out from a snapshot.
enum PlacedData {
  /// Makes `path` below `top` a link to where the data lies. Whoever made the snapshot, nothing outside of `top` is
  /// touched: no folder on the way may be a link.
  ///
  /// - Throws: `ReproductionFailure.notPlain`, errors of the system.
  static func link(_ path: String, below top: String, to place: String) throws {
    // The project itself is nothing that stands in it.
    guard PlainPath.isBelow(path) else { throw ReproductionFailure.notPlain(path) }
    try makeFolder(DataPath.split(path).folder, below: top)
    let whole = top + "/" + path
    var info = stat()
    if lstat(whole, &info) == 0 { try FileManager.default.removeItem(atPath: whole) }
    try FileManager.default.createSymbolicLink(atPath: whole, withDestinationPath: place)
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
