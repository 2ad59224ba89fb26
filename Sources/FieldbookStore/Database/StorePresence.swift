import Foundation
import Synchronization

/// Which databases this process has open.
///
/// SQLite's locks belong to the process and the file: whoever else in the process opens and closes the same file takes
/// them away. Source: sqlite.org/howtocorrupt.html, section 2.2.
final class StorePresence: Sendable {
  private static let open = Mutex<[String: Int]>([:])
  private let path: String

  /// - Parameter look: is called first if nobody here has the database open.
  init(_ path: String, look: () throws -> Void) throws {
    self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let name = self.path
    try StorePresence.open.withLock { open in
      if open[name] == nil { try look() }
      open[name, default: 0] += 1
    }
  }

  deinit {
    let name = path
    StorePresence.open.withLock { open in
      let left = (open[name] ?? 1) - 1
      open[name] = left > 0 ? left : nil
    }
  }
}
