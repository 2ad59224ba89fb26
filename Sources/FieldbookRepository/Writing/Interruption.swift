import Foundation
import Synchronization

/// Files and folders that are half written, and that Ctrl-C or SIGTERM takes along.
///
/// Signals that something else is done with (a server's end, `run`'s child, `nohup`) are left alone.
package enum Interruption {
  private struct State {
    var paths: [Int: (path: String, folder: String?)] = [:]
    var next = 0
    /// Signals that are waited for; those that somebody else waits for, or that are ignored, are not among them.
    var taken: [Int32]?
    /// A signal came: what is being written is lost, and nothing is begun any more.
    var isEnding = false
  }

  private static let state = Mutex(State())
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// For as long as `body` runs, a signal that ends the process removes what lies at `path` first, a folder with all that is in it.
  ///
  /// - Parameter folder: goes as well, if it is empty then.
  package static func removing<Value>(
    _ path: String, then folder: String? = nil, during body: () throws -> Value
  ) rethrows -> Value {
    let number = state.withLock { state in
      if state.taken == nil { state.taken = watch() }
      state.next += 1
      state.paths[state.next] = (path, folder)
      return state.next
    }
    defer { done(number) }
    return try body()
  }

  private static func done(_ number: Int) {
    let isEnding = state.withLock { state in
      guard !state.isEnding else { return true }
      state.paths[number] = nil
      if state.paths.isEmpty, let taken = state.taken {
        unwatch(taken)
        state.taken = nil
      }
      return false
    }
    // The process ends by the signal, and not with what came of its file being gone.
    while isEnding { sleep(1) }
  }

  // MARK: Watching

  private static func watch() -> [Int32] {
    guard wakeUp.read >= 0 else { return [] }
    var taken: [Int32] = []
    for signal in signals {
      var present = sigaction()
      guard sigaction(signal, nil, &present) == 0,
        present.__sigaction_handler.sa_handler == nil
      else { continue }
      var new = sigaction()
      new.__sigaction_handler.sa_handler = { number in
        // All that a handler may do: the thread that waits does the rest.
        var byte = UInt8(truncatingIfNeeded: number)
        let saved = errno
        _ = write(Interruption.wakeUp.write, &byte, 1)
        errno = saved
      }
      new.sa_flags = SA_RESTART
      if sigaction(signal, &new, nil) == 0 { taken.append(signal) }
    }
    return taken
  }

  private static func unwatch(_ taken: [Int32]) {
    for number in taken { signal(number, SIG_DFL) }
  }

  /// Ends of a pipe; a thread waits at one of them.
  private static let wakeUp: (read: Int32, write: Int32) = {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return (-1, -1) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let read = ends[0]
    Thread.detachNewThread {
      var number: UInt8 = 0
      while Foundation.read(read, &number, 1) != 1 {
        guard errno == EINTR else { return }
      }
      end(by: Int32(number))
    }
    return (ends[0], ends[1])
  }()

  private static func end(by number: Int32) {
    let paths = state.withLock { state in
      state.isEnding = true
      return state.paths.values.map { $0 }
    }
    for (path, folder) in paths {
      // Others still write into a folder that is being removed.
      for _ in 0..<100 where (try? FileManager.default.removeItem(atPath: path)) == nil {
        var info = stat()
        if lstat(path, &info) != 0 { break }
        usleep(10_000)
      }
      if let folder { rmdir(folder) }
    }
    signal(number, SIG_DFL)
    kill(getpid(), number)
  }
}
