import FieldbookModel
import Foundation

/// Writes the small files of a file store: each whole or not at all, and only where it changes something.
struct StoreWriter {
  /// Below which everything is written.
  let root: String
  private let written = WrittenPlaces()

  init(root: String) { self.root = root }

  /// - Returns: false for a name that no file can have, or that is another's on this file system.
  @discardableResult
  func write(_ text: String, to path: String) throws -> Bool {
    let place = root + "/" + path
    let bytes = Data(text.utf8)
    guard !written.isAnothers(place) else { return false }
    defer { written.note(place) }
    if FileManager.default.contents(atPath: place) == bytes { return true }
    do {
      try FileManager.default.createDirectory(
        atPath: PathText.folder(of: place), withIntermediateDirectories: true)
      try bytes.write(to: URL(fileURLWithPath: place), options: .atomic)
      return true
    } catch {
      if StoreWriter.isNameless(error) { return false }
      throw MovingFailure.cannotWrite(path: place, reason: SystemReason.words(error))
    }
  }

  /// A file per entry, named for its key, without those that no file can be named for.
  ///
  /// - Returns: the keys that were left out.
  func write(_ entries: [String: String], below folder: String) throws -> [String] {
    var left: [String] = []
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      if try !StoreWriter.canName(key) || !write(value, to: folder + "/" + key) {
        left.append(key)
      }
    }
    return left
  }

  func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: root + "/" + path, withIntermediateDirectories: true)
    } catch {
      throw MovingFailure.cannotWrite(
        path: root + "/" + path, reason: SystemReason.words(error))
    }
  }

  /// Fills a file; one that has the same bytes already is left alone.
  ///
  /// - Returns: false for a name that is another's on this file system.
  func fill(_ path: String, _ fill: (_ write: ([UInt8]) throws -> Void) throws -> Void) throws
    -> Bool
  {
    let place = root + "/" + path
    guard !written.isAnothers(place) else { return false }
    defer { written.note(place) }
    let manager = FileManager.default
    let staging = place + ".fieldbook-part"
    do {
      try manager.createDirectory(
        atPath: PathText.folder(of: place), withIntermediateDirectories: true)
      guard manager.createFile(atPath: staging, contents: nil),
        let file = FileHandle(forWritingAtPath: staging)
      else {
        throw MovingFailure.cannotWrite(path: staging, reason: String(cString: strerror(errno)))
      }
      defer {
        try? file.close()
        unlink(staging)
      }
      try fill { try file.write(contentsOf: $0) }
      if manager.contentsEqual(atPath: staging, andPath: place) { return true }
      chmod(staging, 0o644)
      guard rename(staging, place) == 0 else {
        throw MovingFailure.cannotWrite(path: place, reason: String(cString: strerror(errno)))
      }
      return true
    } catch let failure as any Failure {
      throw failure
    } catch {
      throw MovingFailure.cannotWrite(path: place, reason: SystemReason.words(error))
    }
  }

  /// Relative, and staying below the folder.
  static func canName(_ key: String) -> Bool {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    return !key.isEmpty && !key.utf8.contains(0)
      && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 200 }
  }

  /// A folder stands where a file should be (`a` beside `a/b`), or the other way round, or the name is too long.
  private static func isNameless(_ error: any Error) -> Bool {
    let posix = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let code = Int32((posix ?? error as NSError).code)
    return [EISDIR, ENOTDIR, EEXIST, ENAMETOOLONG].contains(code)
      || (error as NSError).code == CocoaError.fileWriteFileExists.rawValue
  }
}

/// Which entries of the file system were written in one export, and by which name: one that does not tell `A` from `a` has one
/// for both.
private final class WrittenPlaces {
  private struct Entry: Hashable {
    var device: UInt
    var number: UInt
  }

  private var names: [Entry: String] = [:]

  /// True where the name leads to what was written by another one.
  func isAnothers(_ place: String) -> Bool {
    WrittenPlaces.entry(place).flatMap { names[$0] }.map { $0 != place } ?? false
  }

  func note(_ place: String) {
    if let entry = WrittenPlaces.entry(place) { names[entry] = place }
  }

  private static func entry(_ path: String) -> Entry? {
    var info = stat()
    guard lstat(path, &info) == 0 else { return nil }
    return Entry(device: UInt(info.st_dev), number: UInt(info.st_ino))
  }
}
