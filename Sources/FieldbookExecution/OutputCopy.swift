import FieldbookModel
import Foundation

/// A pipe that no program we start gets by chance. Both ends close with it.
final class OwnPipe: @unchecked Sendable {
  let readEnd: Int32
  /// -1 once closed. Only the one who made the pipe closes it.
  private(set) var writeEnd: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw InvalidInput(
        "no pipe can be opened: \(String(cString: strerror(errno)))",
        hint: "raise the limit of open files: ulimit -n")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(readEnd)
    closeWriteEnd()
  }

  func closeWriteEnd() {
    if writeEnd >= 0 { close(writeEnd) }
    writeEnd = -1
  }

  /// All that comes until the other end closes; nil where it is more, or later.
  func readAll(limit: Int, until deadline: ContinuousClock.Instant) -> [UInt8]? {
    var out: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while out.count <= limit {
      let patience = max(0, ContinuousClock.now.duration(to: deadline).milliseconds)
      var event = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
      let ready = poll(&event, 1, patience)
      if ready == 0 { return nil }
      if ready < 0 { continue }
      let count = read(readEnd, &buffer, buffer.count)
      guard count > 0 else { return out }
      out += buffer[..<count]
    }
    return nil
  }
}

/// Work that waits in the kernel, away from the threads that Swift's tasks share.
enum Blocking {
  static func run<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async -> Answer {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: work()) }
    }
  }
}

/// Passes a stream on and keeps it in a file, byte for byte.
enum OutputCopy {
  private static let pipeBytes = 65536
  /// How long output may still come, after the command ended, from what it left running.
  private static let lingering = Duration.seconds(1)

  /// Ends with the stream; at the latest a moment after the write end of `ending` was closed, since what the command
  /// left running may hold its output open for ever.
  ///
  /// - Returns: why not all of it was kept; nil if it was.
  static func run(
    from source: OwnPipe, until ending: OwnPipe, to target: Int32, keeping file: String
  )
    async -> String?
  {
    await Blocking.run {
      let kept = open(file, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600)
      defer { close(kept) }
      var trouble: String? = kept < 0 ? String(cString: strerror(errno)) : nil
      var deadline: ContinuousClock.Instant?
      // What the command itself wrote is in the pipe when it ends: all of that is read, however late it is.
      var rest = pipeBytes
      var buffer = [UInt8](repeating: 0, count: pipeBytes)
      while rest > 0 {
        let patience = deadline.map { max(0, ContinuousClock.now.duration(to: $0).milliseconds) }
        var events = [
          pollfd(fd: source.readEnd, events: Int16(POLLIN), revents: 0),
          pollfd(fd: deadline == nil ? ending.readEnd : -1, events: 0, revents: 0),
        ]
        let ready = poll(&events, 2, patience ?? -1)
        if ready == 0 { break }
        if ready < 0 { continue }
        if events[1].revents != 0 { deadline = .now + lingering }
        guard events[0].revents != 0 else { continue }
        let count = read(source.readEnd, &buffer, patience == 0 ? rest : buffer.count)
        if count <= 0 { break }
        if patience == 0 { rest -= count }
        // Where nobody reads any more, the copy still is kept.
        _ = writeAll(buffer[..<count], to: target)
        // A copy with a hole would read as if it were whole: after the first trouble it ends.
        if trouble == nil, !writeAll(buffer[..<count], to: kept) {
          trouble = String(cString: strerror(errno))
        }
      }
      return trouble
    }
  }

  private static func writeAll(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // Somebody who shares our terminal made it non-blocking.
        var event = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        poll(&event, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}

extension Duration {
  fileprivate var milliseconds: Int32 {
    Int32(components.seconds) * 1000 + Int32(components.attoseconds / 1_000_000_000_000_000)
  }
}
