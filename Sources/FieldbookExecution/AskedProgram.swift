import FieldbookModel
import Foundation

/// A program that is asked on its stdin and answers on its stdout. Its stderr is ours, unless told otherwise.
///
/// One thread may ask while another reads. It ends when its stdin does: with this value, or with us, however we end.
package final class AskedProgram {
  private let process: pid_t
  private let line: Int32
  private var isEnded = false

  /// - Throws: `InvalidInput` if it cannot be started.
  package init(
    _ path: String, _ arguments: [String], variables: [String: String],
    errors: Int32 = STDERR_FILENO
  ) throws {
    // One socket is both of its streams: writing to one that nobody reads is an error then, and no signal.
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      throw InvalidInput(
        "no socket can be opened: \(String(cString: strerror(errno)))",
        hint: "raise the limit of open files: ulimit -n")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    // Not in a folder of anybody's: Python looks for modules where it is started.
    let started = Spawn.start(
      path, arguments, variables: variables, folder: "/", input: ends[1], output: ends[1],
      errors: errors)
    guard let started else {
      close(ends[0])
      throw InvalidInput("\(path) cannot be started", hint: "is it a program of this system?")
    }
    process = started
    line = ends[0]
  }

  deinit {
    close(line)
    // Reading a long file it notices late that nobody listens.
    if !isEnded {
      kill(process, SIGTERM)
      _ = Spawn.wait(for: process)
    }
  }

  /// - Returns: false if it reads no more.
  package func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(line, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
    }
    return true
  }

  /// What it reads has an end now.
  package func endWriting() { shutdown(line, Int32(SHUT_WR)) }

  /// Waits for some bytes, as many as there are then, or `limit`; none only where it ended.
  package func readSome(_ limit: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: limit) { room, count in
      var got: Int
      repeat { got = recv(line, room.baseAddress, limit, 0) } while got < 0 && errno == EINTR
      count = max(0, got)
    }
  }

  /// Waits for as many bytes; fewer come only where it ended.
  package func read(_ count: Int) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = out.withUnsafeMutableBytes {
        recv(line, $0.baseAddress! + filled, count - filled, 0)
      }
      if got > 0 { filled += got } else if got == 0 || errno != EINTR { break }
    }
    out.removeSubrange(filled...)
    return out
  }

  /// How it ended, once `read` or `write` told that it did: as `Spawn.wait`.
  package func status() -> Int32 {
    isEnded = true
    shutdown(line, Int32(SHUT_RDWR))
    return Spawn.wait(for: process)
  }
}
