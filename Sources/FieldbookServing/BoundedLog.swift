import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The log of a server without a terminal: what it writes to its streams goes into a file, and when that has grown too
/// long it becomes `….1`, the one before is gone, and a new one begins.
package struct BoundedLog: Sendable {
  package static let byteLimit: Int64 = 1 << 20

  package let path: String
  private let limit: Int64

  package init(_ path: String, limit: Int64 = BoundedLog.byteLimit) {
    self.path = path
    self.limit = limit
  }

  /// A handle that appends; the caller closes it. Negative if the system refuses.
  package func opened() -> Int32 {
    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
  }

  /// Begins anew if the file has grown too long, and moves `streams` over.
  package func turn(moving streams: [Int32]) {
    var about = stat()
    guard stat(path, &about) == 0, Int64(about.st_size) > limit,
      rename(path, path + ".1") == 0
    else { return }
    let fresh = opened()
    guard fresh >= 0 else { return }
    for stream in streams { dup2(fresh, stream) }
    close(fresh)
  }

  /// Its last lines, for whoever wants to know why a server ended.
  package func tail(bytes: Int = 2000) -> String {
    guard let file = FileHandle(forReadingAtPath: path) else { return "" }
    defer { try? file.close() }
    let size = (try? file.seekToEnd()) ?? 0
    try? file.seek(toOffset: size > UInt64(bytes) ? size - UInt64(bytes) : 0)
    return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
