import Foundation

extension Process {
  /// SIGTERM, and waits for the end.
  package func stop() {
    terminate()
    waitUntilExit()
  }

  /// SIGKILL, and waits for the end.
  package func crash(after microseconds: UInt32 = 0) {
    usleep(microseconds)
    kill(processIdentifier, SIGKILL)
    waitUntilExit()
  }
}
