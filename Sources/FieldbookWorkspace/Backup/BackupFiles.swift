import Crypto
import FieldbookModel
import Foundation

/// What backups do with files. Whatever fails names the file and the system's reason.
enum BackupFiles {
  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      var info = stat()
      let isFile = stat(path, &info) == 0 && info.st_mode & S_IFMT != S_IFDIR
      throw BackupFailure.cannotWrite(
        path, reason: isFile ? "it is a file, and no folder" : SystemReason.words(error))
    }
  }

  /// A file that nobody else may read, whatever the umask is.
  static func write(_ data: Data, to path: String) throws {
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw cannotWrite(path) }
    defer { close(file) }
    try append(Array(data)[...], to: file, path)
  }

  /// Copies a small file if it is there.
  static func copy(_ path: String, to target: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else { return }
    try write(data, to: target)
  }

  /// Copies a folder of small files if it is there.
  static func copyFolder(_ path: String, to target: String) throws {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      try makeFolder(target)
      try copy(path + "/" + name, to: target + "/" + name)
    }
  }

  /// Copies a file piece by piece into one that nobody else may read.
  static func copyLarge(_ path: String, to target: String) throws {
    let input = open(path, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw cannotRead(path) }
    defer { close(input) }
    let output = open(target, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw cannotWrite(target) }
    defer { close(output) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(input, &buffer, buffer.count)
      guard count >= 0 else { throw cannotRead(path) }
      if count == 0 { return }
      try append(buffer[..<count], to: output, target)
    }
  }

  private static func append(_ bytes: ArraySlice<UInt8>, to file: Int32, _ path: String) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw cannotWrite(path) }
      rest = rest.dropFirst(count)
    }
  }

  static func rename(_ path: String, to target: String) throws {
    guard Foundation.rename(path, target) == 0 else { throw cannotWrite(target) }
  }

  /// The folder and all that is in it survive a power cut when this returns.
  static func sync(all path: String) throws {
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? [] {
      try sync(path + "/" + name)
    }
    try sync(path)
  }

  /// A file, or the names in a folder.
  static func sync(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw cannotWrite(path) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw cannotWrite(path) }
  }

  /// SHA-256 in hexadecimal digits; nil for a file that cannot be read whole.
  static func digest(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var hasher = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count >= 0 else { return nil }
      if count == 0 { return Hex.encode(hasher.finalize()) }
      hasher.update(data: buffer[..<count])
    }
  }

  /// Bytes of a plain file; nil if there is none.
  static func size(_ path: String) -> Int64? {
    var info = stat()
    return stat(path, &info) == 0 ? Int64(info.st_size) : nil
  }

  /// `20261121T102927Z`: a time that every filesystem takes as a name.
  static func name(of time: Int64) -> String {
    Timestamp(milliseconds: time).rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
  }

  /// `path`, or the first of `path-2`, `path-3`, … that is free.
  static func free(_ path: String) -> String {
    var candidate = path
    var number = 1
    while FileManager.default.fileExists(atPath: candidate) {
      number += 1
      candidate = "\(path)-\(number)"
    }
    return candidate
  }

  private static func cannotRead(_ path: String) -> BackupFailure {
    .cannotRead(path, reason: String(cString: strerror(errno)))
  }

  private static func cannotWrite(_ path: String) -> BackupFailure {
    .cannotWrite(path, reason: String(cString: strerror(errno)))
  }
}
