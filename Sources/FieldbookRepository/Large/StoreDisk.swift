import FieldbookModel
import Foundation

/// What the chunk store does to a disk, call by call: a test can let any of them fail.
package protocol StoreDisk: Sendable {
  /// A new file to write to.
  func create(_ path: String) throws -> Int32
  /// Writes all of the bytes behind what the file holds.
  func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws
  /// What was written to the file or folder survives a power cut.
  func sync(_ file: Int32, _ path: String) throws
  func rename(_ path: String, to place: String) throws
  /// No error if nothing is there.
  func remove(_ path: String) throws
  /// No error if it is there.
  func makeFolder(_ path: String) throws
}

extension StoreDisk {
  /// Names that were given and taken in the folder survive a power cut.
  func syncFolder(_ path: String) throws {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw ContentFailure.cannotRead(path, reason: SystemDisk.reason) }
    defer { close(folder) }
    try sync(folder, path)
  }

  /// Makes a file as young as one that is written now.
  func freshen(_ path: String) throws {
    guard utimensat(AT_FDCWD, path, nil, 0) == 0 else {
      throw ContentFailure.cannotWrite(path, reason: SystemDisk.reason)
    }
  }

  /// A whole file under its final name: safe before it has the name, and the name safe on return.
  func place(_ bytes: [UInt8], at path: String, staging: String) throws {
    do {
      let file = try create(staging)
      defer { close(file) }
      try bytes.withUnsafeBytes { try write($0, to: file, staging) }
      fchmod(file, 0o400)
      try sync(file, staging)
      try rename(staging, to: path)
    } catch {
      unlink(staging)
      throw error
    }
    try syncFolder(PathText.folder(of: path))
  }
}

package struct SystemDisk: StoreDisk {
  package init() {}

  package func create(_ path: String) throws -> Int32 {
    let file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw ContentFailure.cannotWrite(path, reason: SystemDisk.reason) }
    return file
  }

  package func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(file, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ContentFailure.cannotWrite(path, reason: SystemDisk.reason) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  package func sync(_ file: Int32, _ path: String) throws {
    guard fsync(file) == 0 else {
      throw ContentFailure.cannotWrite(path, reason: SystemDisk.reason)
    }
  }

  package func rename(_ path: String, to place: String) throws {
    guard Foundation.rename(path, place) == 0 else {
      throw ContentFailure.cannotWrite(place, reason: SystemDisk.reason)
    }
  }

  package func remove(_ path: String) throws {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw ContentFailure.cannotWrite(path, reason: SystemDisk.reason)
    }
  }

  package func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw ContentFailure.cannotWrite(path, reason: SystemDisk.reason)
    }
  }

  static var reason: String { String(cString: strerror(errno)) }
}
