import FieldbookModel
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The server of a replica, as `.fieldbook/server.pid` tells of it, or the hub, as `hub.pid` does.
///
/// The file is locked by the server for as long as it lives, and the system names the lock's holder: what a server that
/// died left in the file is never believed, and no other program is ever taken for a server. (POSIX record locks,
/// fcntl(2); they end with the process, however it ends.)
package struct ServerRecord: Codable, Equatable, Sendable {
  package var pid: Int32
  package var url: String
  package var startedMilliseconds: Int64
  /// Where it writes what it has to say; nil for one in a terminal.
  package var log: String?

  package init(pid: Int32, url: String, startedMilliseconds: Int64, log: String?) {
    self.pid = pid
    self.url = url
    self.startedMilliseconds = startedMilliseconds
    self.log = log
  }

  /// A replica can have one of each.
  package enum Kind: String, Sendable {
    case server, hub
  }

  package static func file(in folder: String, of kind: Kind = .server) -> String {
    folder + "/" + kind.rawValue + ".pid"
  }

  /// A record is a few hundred bytes; what is longer is none.
  private static let byteLimit = 64 * 1024

  /// The server that lives; nil when none does. A server that has not said where it listens has no address yet.
  package static func live(in folder: String, of kind: Kind = .server) -> ServerRecord? {
    let handle = open(file(in: folder, of: kind), O_RDONLY | O_CLOEXEC)
    guard handle >= 0 else { return nil }
    defer { close(handle) }
    var lock = wholeFile(F_WRLCK)
    guard fcntl(handle, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK), lock.l_pid > 0 else {
      return nil
    }
    let kept = read(handle)
    guard let kept, kept.pid == lock.l_pid else {
      return ServerRecord(pid: lock.l_pid, url: "", startedMilliseconds: 0, log: nil)
    }
    return kept
  }

  /// Asks the server to finish what is under way and to end.
  ///
  /// - Returns: whether it has ended within `seconds`.
  package static func stop(_ record: ServerRecord, in folder: String, seconds: Int) throws -> Bool {
    // Asked again just before: a number is not another program's as long as its holder has the lock.
    guard live(in: folder)?.pid == record.pid else { return true }
    guard kill(record.pid, SIGTERM) == 0 || errno == ESRCH else {
      throw ServerRecordFailure.cannotStop(
        pid: record.pid, reason: String(cString: strerror(errno)))
    }
    for _ in 0..<(seconds * 50) {
      guard live(in: folder)?.pid == record.pid else { return true }
      usleep(20_000)
    }
    return false
  }

  fileprivate static func wholeFile(_ kind: Int32) -> flock {
    var lock = flock()
    lock.l_type = Int16(kind)
    lock.l_whence = Int16(SEEK_SET)
    return lock
  }

  private static func read(_ handle: Int32) -> ServerRecord? {
    var bytes = [UInt8](repeating: 0, count: byteLimit)
    let count = pread(handle, &bytes, byteLimit, 0)
    guard count > 0, count < byteLimit else { return nil }
    return try? JSONDecoder().decode(ServerRecord.self, from: Data(bytes[..<count]))
  }
}

/// The lock of a server that runs, held until it is released or the process ends.
///
/// The file must not be opened a second time in this process: closing it anywhere would end the lock.
package final class ServerLock: Sendable {
  private let handle: Int32

  /// Nil when another server of the replica holds it.
  ///
  /// - Throws: `ServerRecordFailure`.
  package init?(in folder: String, of kind: ServerRecord.Kind = .server) throws {
    let path = ServerRecord.file(in: folder, of: kind)
    handle = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard handle >= 0 else {
      throw ServerRecordFailure.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    var lock = ServerRecord.wholeFile(F_WRLCK)
    guard fcntl(handle, F_SETLK, &lock) == 0 else {
      close(handle)
      return nil
    }
    _ = ftruncate(handle, 0)
  }

  /// Says where it listens.
  package func tell(_ record: ServerRecord) {
    guard let data = try? JSONEncoder().encode(record) else { return }
    _ = ftruncate(handle, 0)
    data.withUnsafeBytes { _ = pwrite(handle, $0.baseAddress, $0.count, 0) }
  }

  /// The file is left empty: a name that others may wait for is never taken away.
  package func release() {
    _ = ftruncate(handle, 0)
    close(handle)
  }
}

package enum ServerRecordFailure: Failure, Equatable {
  case cannotWrite(path: String, reason: String)
  case cannotStop(pid: Int32, reason: String)

  package var message: String {
    switch self {
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .cannotStop(let pid, let reason): "the server (process \(pid)) cannot be ended: \(reason)"
    }
  }

  package var hint: String {
    switch self {
    case .cannotWrite: "check the path, its permissions and the free space"
    case .cannotStop: "it may belong to another user"
    }
  }
}
