import Carchive
import FieldbookModel
import Foundation

/// The files of a zip or tar archive, one after the other, in little memory. Nothing in it is trusted: what leads out of it, links and
/// what is no file are refused, and it writes nothing.
///
/// A zip file is read from its beginning, by what stands before each file: the list at its end can make one file of the bytes of
/// another, and can be as long as memory.
package final class ArchiveReader {
  package struct Entry: Equatable, Sendable {
    /// Relative, without `.` and empty parts.
    package var parts: [String]
    package var isFolder: Bool

    package var path: String { parts.joined(separator: "/") }
  }

  private let archive: OpaquePointer
  private let path: String
  private let file: Int32
  private var count = 0
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  package init(_ path: String) throws {
    self.path = path
    // A pipe is not waited for: it is refused below.
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      guard errno == ENOENT else {
        throw MovingFailure.notA(
          what: ArchiveReader.what, path: path, reason: String(cString: strerror(errno)))
      }
      throw MovingFailure.notThere(path)
    }
    var info = stat()
    guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw MovingFailure.notA(what: ArchiveReader.what, path: path, reason: "it is no file")
    }
    guard let archive = archive_read_new() else {
      close(file)
      throw MovingFailure.damaged(path: path, reason: "there is no memory left")
    }
    self.archive = archive
    archive_read_support_filter_gzip(archive)
    archive_read_support_format_tar(archive)
    archive_read_support_format_zip_streamable(archive)
    guard archive_read_open_fd(archive, file, 1 << 16) == ARCHIVE_OK else {
      throw MovingFailure.notA(what: ArchiveReader.what, path: path, reason: reason)
    }
  }

  deinit {
    archive_read_free(archive)
    close(file)
  }

  package static let what = "archive of a run"

  /// Nil after the last.
  package func next() throws -> Entry? {
    var entry: OpaquePointer?
    let code = archive_read_next_header(archive, &entry)
    if code == ARCHIVE_EOF { return nil }
    guard code >= ARCHIVE_WARN, let entry else {
      // Of something else altogether, the first look says so.
      throw count == 0
        ? MovingFailure.notA(what: ArchiveReader.what, path: path, reason: reason)
        : MovingFailure.damaged(path: path, reason: reason)
    }
    count += 1
    guard count <= ArchiveLimits.entries else {
      throw refusal("it holds more than \(ArchiveLimits.entries) files")
    }
    guard let name = archive_entry_pathname(entry) else {
      throw refusal("a name in it is not UTF-8")
    }
    let length = strlen(name)
    guard length <= ArchiveLimits.pathBytes else {
      throw refusal("a name in it is longer than \(ArchiveLimits.pathBytes) bytes")
    }
    let bytes = UnsafeRawBufferPointer(start: name, count: length)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw refusal("a name in it is not UTF-8")
    }
    let kind: mode_t = archive_entry_filetype(entry) & S_IFMT
    if archive_entry_hardlink(entry) != nil || kind == S_IFLNK {
      throw refusal("'\(text)' is a link")
    }
    guard kind == S_IFREG || kind == S_IFDIR else {
      throw refusal("'\(text)' is neither a file nor a folder")
    }
    return Entry(parts: try parts(text), isFolder: kind == S_IFDIR)
  }

  private func parts(_ name: String) throws -> [String] {
    guard !name.hasPrefix("/") else { throw refusal("'\(name)' begins at the root of the disk") }
    let parts = name.split(separator: "/").map(String.init).filter { $0 != "." }
    guard !parts.contains("..") else { throw refusal("'\(name)' leads out of it") }
    let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "\\" }
    guard isPlain, parts.count <= ArchiveLimits.pathDepth else {
      throw refusal("'\(name)' is no name for a file")
    }
    return parts
  }

  /// Some of the present file's bytes; nil at its end.
  package func bytes() throws -> ArraySlice<UInt8>? {
    let count = buffer.withUnsafeMutableBytes {
      archive_read_data(archive, $0.baseAddress, $0.count)
    }
    guard count >= 0 else { throw MovingFailure.damaged(path: path, reason: reason) }
    return count == 0 ? nil : buffer[..<count]
  }

  /// All of the present file.
  package func whole(atMost limit: Int, named name: String) throws -> [UInt8] {
    var out: [UInt8] = []
    while let piece = try bytes() {
      guard out.count + piece.count <= limit else {
        throw refusal("'\(name)' is larger than \(ByteSize.words(Int64(limit)))")
      }
      out += piece
    }
    return out
  }

  /// Gets past the present file.
  ///
  /// - Returns: how many bytes it had.
  package func skip(atMost limit: Int64, named name: String) throws -> Int64 {
    var count: Int64 = 0
    while let piece = try bytes() {
      count += Int64(piece.count)
      guard count <= limit else {
        throw refusal("'\(name)', which is not needed, is larger than \(ByteSize.words(limit))")
      }
    }
    return count
  }

  package func refusal(_ reason: String) -> MovingFailure {
    .unsupported(
      "\(path) is not taken in: \(reason)",
      hint: "nothing of it was; ask whoever made it for one by fieldbook export RUN FILE")
  }

  private var reason: String {
    archive_error_string(archive).map { String(cString: $0) } ?? "it does not read"
  }
}
