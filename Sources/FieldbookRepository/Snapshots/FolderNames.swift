import Foundation

/// The names in one folder, without `.` and `..`, in no order.
enum FolderNames {
  /// - Parameter each: the name, its kind as the folder tells it (`DT_…`, which may be `DT_UNKNOWN`), and the folder for `fstatat`.
  /// - Returns: the system's error number; nil if all were read.
  static func read(
    _ folder: TreePath, below root: String,
    _ each: (_ name: [UInt8], _ type: Int, _ folder: Int32) throws -> Void
  ) rethrows -> Int32? {
    guard let handle = folder.withPath(below: root, { opendir($0) }) else { return errno }
    defer { closedir(handle) }
    let descriptor = dirfd(handle)
    while true {
      errno = 0
      guard let entry = readdir(handle) else { return errno == 0 ? nil : errno }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
          Array(
            UnsafeBufferPointer(
              start: bytes,
              count: strlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self))))
        }
      }
      if name == [46] || name == [46, 46] { continue }
      try each(name, Int(entry.pointee.d_type), descriptor)
    }
  }
}
