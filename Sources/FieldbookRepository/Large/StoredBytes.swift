import FieldbookModel
import Foundation

/// A file that is open for reading. Closed when nobody has it any more, so it can be read on after its name is gone.
package final class OpenFile: Sendable {
  let path: String
  let count: Int
  private let file: Int32

  /// Nil if there is no such file.
  ///
  /// - Throws: `ContentFailure.cannotRead` if it cannot be opened for another reason.
  init?(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw ContentFailure.cannotRead(path, reason: SystemDisk.reason)
    }
    var info = stat()
    guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw ContentFailure.cannotRead(path, reason: "it is no file")
    }
    self.file = file
    self.path = path
    count = Int(info.st_size)
  }

  deinit { close(file) }

  /// For those who ask what was used last; filesystems keep that otherwise only now and then.
  func noteUse() {
    // `UTIME_NOW` for the one, `UTIME_OMIT` for the other. Source: utimensat(2), linux/stat.h.
    var times = [(1 << 30) - 1, (1 << 30) - 2].map { timespec(tv_sec: 0, tv_nsec: $0) }
    futimens(file, &times)
  }

  /// False if the file ends before the buffer is full, or the disk cannot read it.
  func read(at offset: Int, into out: UnsafeMutableRawBufferPointer) -> Bool {
    var done = 0
    while done < out.count {
      let got = pread(file, out.baseAddress! + done, out.count - done, off_t(offset + done))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return false }
      done += got
    }
    return true
  }
}

/// Bytes that can be read at any place: a file's, or some in memory.
package enum StoredBytes: Sendable {
  case file(OpenFile)
  case memory([UInt8])

  package var count: Int {
    switch self {
    case .file(let file): file.count
    case .memory(let bytes): bytes.count
    }
  }

  /// False if not all of the place lies within, or the disk cannot read it.
  func read(at offset: Int, into out: UnsafeMutableRawBufferPointer) -> Bool {
    guard offset >= 0, out.count <= count, offset <= count - out.count else { return false }
    switch self {
    case .file(let file): return file.read(at: offset, into: out)
    case .memory(let bytes):
      bytes.withUnsafeBytes {
        out.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + out.count]))
      }
      return true
    }
  }

  /// Nil where `read` is false. Allocates what is asked for: bound it first.
  package func read(at offset: Int, count: Int) -> [UInt8]? {
    guard count >= 0, offset >= 0, count <= self.count, offset <= self.count - count else {
      return nil
    }
    var isRead = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      isRead = read(
        at: offset,
        into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(out)[..<count]))
      filled = isRead ? count : 0
    }
    return isRead ? bytes : nil
  }
}
