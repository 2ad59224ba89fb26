import FieldbookModel
import Foundation

/// Files in and out of the folder that a command was called in.
enum FileCopy {
  /// Copies beside the target, then renames: nobody sees half a file.
  static func copy(from source: String, to target: String) throws {
    let folder = (target as NSString).deletingLastPathComponent
    let part = target + ".part-\(ProcessInfo.processInfo.processIdentifier)"
    do {
      if !folder.isEmpty {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      try FileManager.default.copyItem(atPath: source, toPath: part)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: part)
    } catch {
      try? FileManager.default.removeItem(atPath: part)
      throw FileFailure.cannotWrite(target, reason: (error as NSError).localizedDescription)
    }
    guard rename(part, target) == 0 else {
      let reason = String(cString: strerror(errno))
      try? FileManager.default.removeItem(atPath: part)
      throw FileFailure.cannotWrite(target, reason: reason)
    }
  }

  static func write(_ source: String, to descriptor: Int32) throws {
    guard let input = FileHandle(forReadingAtPath: source) else {
      throw FileFailure.cannotRead(source, reason: String(cString: strerror(errno)))
    }
    let output = FileHandle(fileDescriptor: descriptor)
    while let data = try input.read(upToCount: 1 << 20), !data.isEmpty {
      try output.write(contentsOf: data)
    }
  }

  /// A text file, or stdin for `-`.
  static func text(_ path: String) throws -> String {
    let data =
      path == "-"
      ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
    guard let data else { throw FileFailure.cannotRead(path, reason: "there is no such file") }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw FileFailure.notText(path == "-" ? "stdin" : path)
    }
    return text
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
