import FieldbookModel
import FieldbookRepository
import Foundation

/// Files in and out of the folder that a command was called in.
enum FileCopy {
  /// Fills a file beside the target, then renames it: nobody sees half a file, nor one whose filling failed.
  static func make(_ target: String, _ fill: (_ write: ([UInt8]) throws -> Void) throws -> Void)
    throws
  {
    let folder = PathText.folder(of: target)
    if !folder.isEmpty {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw FileFailure.cannotWrite(target, reason: SystemReason.words(error))
      }
    }
    func refusal(_ reason: String) -> any Error { FileFailure.cannotWrite(target, reason: reason) }
    try PartFile.write(target, refusal: refusal) { file in
      try fill { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
          guard count >= 0 || errno == EINTR else {
            throw refusal(String(cString: strerror(errno)))
          }
          rest = rest.dropFirst(max(0, count))
        }
      }
    }
  }

  /// A text file, also one that a shell makes of a command's output, `<(…)`; or stdin for `-`.
  static func text(_ path: String) throws -> String {
    let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
    guard let file else {
      throw FileFailure.cannotRead(
        path,
        reason: errno == ENOENT ? "there is no such file" : String(cString: strerror(errno)))
    }
    var info = stat()
    if fstat(file.fileDescriptor, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
      throw FileFailure.cannotRead(path, reason: "it is a folder")
    }
    let data: Data
    do {
      data = try file.read(upToCount: textBytes + 1) ?? Data()
    } catch {
      throw FileFailure.cannotRead(path, reason: SystemReason.words(error))
    }
    guard data.count <= textBytes else {
      throw FileFailure.cannotRead(
        path, reason: "it is larger than \(Wording.bytes(Int64(textBytes)))")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw FileFailure.notText(path == "-" ? "stdin" : path)
    }
    return text
  }

  /// More than any text that is taken in.
  private static let textBytes = 64 << 20
}

/// Files that are written one after the other, none of them over another: a file system that does not tell `A` from `a` has
/// one entry for both.
struct FileBatch {
  private struct Entry: Hashable {
    var device: UInt
    var number: UInt
  }

  private var written: Set<Entry> = []

  /// - Returns: the target, or what it was written as beside one that was written before.
  mutating func make(
    _ target: String, _ fill: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws -> String {
    var place = target
    while let entry = FileBatch.entry(place), written.contains(entry) {
      place += Artifact.folderTooMark
    }
    try FileCopy.make(place, fill)
    if let entry = FileBatch.entry(place) { written.insert(entry) }
    return place
  }

  private static func entry(_ path: String) -> Entry? {
    var info = stat()
    guard lstat(path, &info) == 0 else { return nil }
    return Entry(device: UInt(info.st_dev), number: UInt(info.st_ino))
  }
}

/// Why a file of the person's could not be used.
enum FileFailure: Failure, Equatable {
  case exists(String)
  case cannotRead(String, reason: String)
  case cannotWrite(String, reason: String)
  case notText(String)
  case folderToStdout(String)

  var message: String {
    switch self {
    case .exists(let path): "\(path) is there already"
    case .cannotRead(let path, let reason): "\(path) cannot be read: \(reason)"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .notText(let path): "\(path) is not UTF-8 text"
    case .folderToStdout(let path): "\(path) is a folder, and stdout takes one file"
    }
  }

  var hint: String {
    switch self {
    case .exists: "write over it with --force, or say where to with --out"
    case .cannotRead: "check the path and its permissions"
    case .cannotWrite: "check the folder, its permissions and the free space"
    case .notText: "convert it first: iconv -t UTF-8"
    case .folderToStdout: "name one of its files, or a folder to write to with --out"
    }
  }
}
