import Foundation
import Synchronization

/// Data that did not get out: a full disk, or a stdout that was closed before we began.
enum OutputTrouble {
  private static let first = Mutex<Int32?>(nil)

  /// A reader who has seen enough (`| head`) is no trouble; stderr has nowhere to complain to.
  static func note(_ descriptor: Int32, _ code: Int32) {
    guard descriptor == STDOUT_FILENO, code != EPIPE else { return }
    first.withLock { $0 = $0 ?? code }
  }

  /// The ending, unless output was lost that it does not tell of.
  static func over(_ ending: Ending, words: [String]) -> Ending {
    first.withLock { $0 }.map { ending.losingOutput(code: $0, words: words) } ?? ending
  }

  /// Keeps the places of standard files that are closed, else the next file that is opened, a database even, would get
  /// what is printed. They stay as unusable as they were.
  static func holdPlaces() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) < 0 {
      let opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
      if opened >= 0, opened != descriptor {
        dup2(opened, descriptor)
        close(opened)
      }
    }
  }
}

extension Ending {
  /// What was done is done; but who wanted to read of it could not.
  func losingOutput(code: Int32, words: [String]) -> Ending {
    let reason = code == EBADF ? "it is closed" : String(cString: strerror(code))
    var ending = self
    if status == 0 { ending.status = words.first == "run" ? Status.runFailed : Status.failed }
    ending.complaint += Ending.lines(
      "stdout cannot be written: \(reason)",
      hint: "give it a place with room; the command itself was carried out")
    return ending
  }
}
