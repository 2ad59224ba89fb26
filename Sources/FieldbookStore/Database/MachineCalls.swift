import Foundation

/// What the store asks of the machine beside SQLite. Simulations answer it themselves.
package struct MachineCalls: Sendable {
  /// Milliseconds from some moment on; never runs backwards.
  package var elapsed: @Sendable () -> Int64
  /// Returns when what was written to the file at a path would survive a power cut. Answers an `errno`; 0 if all is well.
  package var synchronize: @Sendable (String) -> Int32
  /// Reads have connections of their own, and go on while somebody writes. Where all happens in one thread the writer's
  /// does as well, and a replica opens in half the time.
  package var readsBesideWrites: Bool

  package init(
    elapsed: @escaping @Sendable () -> Int64 = MachineCalls.monotonic,
    synchronize: @escaping @Sendable (String) -> Int32 = MachineCalls.synchronizeFile,
    readsBesideWrites: Bool = true
  ) {
    self.elapsed = elapsed
    self.synchronize = synchronize
    self.readsBesideWrites = readsBesideWrites
  }

  package static let monotonic: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  package static let synchronizeFile: @Sendable (String) -> Int32 = { path in
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return errno }
    defer { close(file) }
    return fdatasync(file) == 0 ? 0 : errno
  }
}
