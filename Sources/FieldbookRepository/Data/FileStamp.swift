import Foundation

/// What tells, without reading it, that a file is what it was: size, times and inode.
struct FileStamp: Equatable, Sendable {
  var size: Int64
  /// Nanoseconds since 1970; clamped where they do not fit.
  var modified: Int64
  var changed: Int64
  var inode: UInt64

  init(size: Int64, modified: Int64, changed: Int64, inode: UInt64) {
    self.size = size
    self.modified = modified
    self.changed = changed
    self.inode = inode
  }

  init(_ info: stat) {
    size = Int64(info.st_size)
    modified = FileStamp.nanoseconds(info.st_mtim)
    changed = FileStamp.nanoseconds(info.st_ctim)
    inode = UInt64(info.st_ino)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    let (product, isTooMuch) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    guard !isTooMuch else { return time.tv_sec < 0 ? .min : .max }
    let (sum, overflows) = product.addingReportingOverflow(Int64(time.tv_nsec))
    return overflows ? .max : sum
  }

  /// A file that was changed so shortly before it was read may change again without another time.
  ///
  /// - Parameter moment: when reading began, in seconds since 1970.
  func isSettled(at moment: Int) -> Bool {
    max(modified, changed) / 1_000_000_000 + FileStamp.racySeconds < Int64(moment)
  }

  private static let racySeconds: Int64 = 1
}
