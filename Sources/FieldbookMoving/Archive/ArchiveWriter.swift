import Carchive
import FieldbookModel
import Foundation

/// Writes an archive, file by file, in little memory. What is written follows from what is given: no owner, no time of writing.
final class ArchiveWriter {
  private let archive: OpaquePointer
  private let path: String
  private let time: Int64?

  /// - Parameters:
  ///   - file: open for writing; the caller closes it.
  ///   - path: for messages.
  ///   - time: of all files in it, in seconds since 1970. A zip file holds local times, which would tell the time zone: it gets
  ///     none.
  init(_ form: ArchiveForm, to file: Int32, path: String, time: Int64) throws {
    self.path = path
    self.time = form == .zip ? nil : time
    guard let archive = archive_write_new() else {
      throw MovingFailure.cannotWrite(path: path, reason: "there is no memory left")
    }
    self.archive = archive
    switch form {
    case .zip: try check(archive_write_set_format_zip(archive))
    case .tar, .tarGzip: try check(archive_write_set_format_pax_restricted(archive))
    }
    if form == .tarGzip {
      try check(archive_write_add_filter_gzip(archive))
      try check(archive_write_set_filter_option(archive, "gzip", "timestamp", nil))
    }
    try check(archive_write_open_fd(archive, file))
  }

  deinit { archive_write_free(archive) }

  /// - Parameters:
  ///   - size: exactly as many bytes as `body` gives.
  func add(
    _ name: String, size: Int64, isProgram: Bool = false,
    _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    let entry = archive_entry_new2(archive)
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, name)
    archive_entry_set_size(entry, size)
    let kind: mode_t = S_IFREG
    archive_entry_set_filetype(entry, kind)
    archive_entry_set_perm(entry, isProgram ? 0o755 : 0o644)
    if let time { archive_entry_set_mtime(entry, Int(time), 0) }
    try check(archive_write_header(archive, entry))
    var written: Int64 = 0
    try body { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes {
          archive_write_data(archive, $0.baseAddress, $0.count)
        }
        guard count > 0 else { throw failure() }
        written += Int64(count)
        rest = rest.dropFirst(count)
      }
    }
    guard written == size else {
      throw MovingFailure.cannotWrite(path: path, reason: "\(name) changed while it was read")
    }
    try check(archive_write_finish_entry(archive))
  }

  func add(_ name: String, _ bytes: [UInt8], isProgram: Bool = false) throws {
    try add(name, size: Int64(bytes.count), isProgram: isProgram) { try $0(bytes) }
  }

  func finish() throws { try check(archive_write_close(archive)) }

  private func check(_ code: Int32) throws { if code < ARCHIVE_WARN { throw failure() } }

  private func failure() -> MovingFailure {
    let code = archive_errno(archive)
    let text = archive_error_string(archive).map { String(cString: $0) } ?? ""
    let system = code > 0 ? String(cString: strerror(code)) : text
    return .cannotWrite(path: path, reason: code == ENOSPC || text.isEmpty ? system : text)
  }
}
