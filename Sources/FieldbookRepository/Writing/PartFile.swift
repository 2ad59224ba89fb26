import FieldbookModel
import Foundation
import Synchronization

/// Files and folders of a person's that are there whole or not at all: they are made under another name in the same folder, which goes
/// when they are done, when that fails, and on Ctrl-C. What a killed process left goes with the next one that writes there.
///
/// Who makes one holds a lock on it (flock), so that it is told from what was left; where a filesystem knows no locks nothing is swept.
package enum PartFile {
  package static let prefix = ".fieldbook-part-"
  private static let swept = Mutex(Set<String>())

  /// The target is there, and was not to be written over.
  package struct Exists: Error {}

  /// - Parameters:
  ///   - overwriting: false: one that is there stays, also if it came a moment ago.
  ///   - refusal: what is thrown for the system's reason.
  ///   - fill: gets the open file.
  /// - Throws: `Exists`, what `fill` throws, and `refusal`.
  package static func write<Value>(
    _ target: String, overwriting: Bool = true, refusal: (String) -> any Error,
    _ fill: (Int32) throws -> Value
  ) throws -> Value {
    func problem() -> any Error { refusal(String(cString: strerror(errno))) }
    let folder = self.folder(of: target)
    sweep(folder)
    while true {
      let part = folder + "/" + name
      // Registered before it is there: a signal between the two would leave it.
      let done: Value? = try Interruption.removing(part) {
        let file = open(part, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard file >= 0 else { throw problem() }
        defer {
          close(file)
          unlink(part)
        }
        guard hold(file) else { return nil }
        let value = try fill(file)
        if !overwriting {
          if link(part, target) == 0 { return value }
          // A disk without hard links says so otherwise.
          if errno == EEXIST || access(target, F_OK) == 0 { throw Exists() }
        }
        guard rename(part, target) == 0 else { throw problem() }
        return value
      }
      if let done { return done }
    }
  }

  /// The same of what is to lie in a folder: `body` fills a new one in it, whose entries then move up.
  ///
  /// - Parameter make: makes the folder, if it is not there; one that was made goes if it fails.
  static func fill<Value>(
    _ folder: String, making make: (String) throws -> Void, refusal: (String) -> any Error,
    _ body: (String) throws -> Value
  ) throws -> Value {
    func problem() -> any Error { refusal(String(cString: strerror(errno))) }
    let part = folder + "/" + name
    let isNew = access(folder, F_OK) != 0
    return try Interruption.removing(part, then: isNew ? folder : nil) {
      do {
        try make(folder)
        guard mkdir(part, 0o777) == 0 else { throw problem() }
        let lock = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw problem() }
        defer { close(lock) }
        guard hold(lock) else { throw refusal("somebody else removed \(part)") }
        let value = try body(part)
        try moveUp(from: part, to: folder, refusal)
        return value
      } catch {
        try? FileManager.default.removeItem(atPath: part)
        if isNew { rmdir(folder) }
        throw error
      }
    }
  }

  private static func moveUp(
    from part: String, to folder: String, _ refusal: (String) -> any Error
  ) throws {
    var failure: Int32?
    let unread = FolderNames.read(TreePath(bytes: []), below: part) { name, _, _ in
      let name = TreePath(bytes: name)
      let moved = name.withPath(below: part) { from in
        name.withPath(below: folder) { rename(from, $0) }
      }
      if moved != 0 { failure = failure ?? errno }
    }
    if let code = failure ?? unread { throw refusal(String(cString: strerror(code))) }
    rmdir(part)
  }

  /// Of no other process, also where several machines, or containers, write into the folder.
  private static var name: String { prefix + UUID().uuidString }

  private static func folder(of target: String) -> String {
    let folder = PathText.folder(of: target)
    return folder.isEmpty ? "." : folder
  }

  /// False where somebody took it for left behind before it was locked.
  private static func hold(_ file: Int32) -> Bool {
    flock(file, LOCK_EX | LOCK_NB)
    var info = stat()
    return fstat(file, &info) == 0 && info.st_nlink > 0
  }

  // MARK: What was left

  /// Once for each folder: many files may be written into one.
  static func sweep(_ folder: String) {
    guard swept.withLock({ $0.insert(folder).inserted }) else { return }
    removeLeft(in: folder, prefix: prefix)
  }

  /// Removes files and folders of that name that nobody holds a lock on.
  package static func removeLeft(in folder: String, prefix: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(prefix) {
      let path = folder + "/" + name
      let file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
      guard file >= 0 else { continue }
      defer { close(file) }
      if flock(file, LOCK_EX | LOCK_NB) == 0 {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }
}
