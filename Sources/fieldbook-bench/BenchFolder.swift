import FieldbookTestSupport
import Foundation

/// A folder on the disk, where files of users lie: in memory nothing would be waited for. Goes with the value.
final class BenchFolder {
  let path = NSTemporaryDirectory() + "/fieldbook-bench-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Bytes that do not compress, as weights do not.
  func fill(_ name: String, bytes: Int, _ generator: inout SeededGenerator) throws {
    guard FileManager.default.createFile(atPath: path + "/" + name, contents: nil),
      let file = FileHandle(forWritingAtPath: path + "/" + name)
    else { throw TestFailure(name) }
    var left = bytes
    while left > 0 {
      let piece = min(left, 1 << 20)
      try file.write(contentsOf: BenchFolder.noise(piece, &generator))
      left -= piece
    }
    try file.close()
  }

  static func noise(_ count: Int, _ generator: inout SeededGenerator) -> Data {
    var data = Data(capacity: count + 8)
    while data.count < count {
      withUnsafeBytes(of: generator.next()) { data.append(contentsOf: $0) }
    }
    return data.prefix(count)
  }

  /// Of all files below a folder, or of one file, in bytes.
  static func size(of top: String) throws -> Int64 {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: top)) ?? []
    return ([top] + names.map { top + "/" + $0 }).reduce(0) { sum, path in
      var info = stat()
      guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return sum }
      return sum + Int64(info.st_size)
    }
  }
}
