import Foundation

/// Answers from a person: one key on a terminal, the first character of a line elsewhere.
struct KeyReader {
  private let isTerminal = isatty(STDIN_FILENO) == 1

  /// Nil when there are no more answers: end of input, Ctrl-C, Ctrl-D.
  func next() -> Character? {
    guard isTerminal else {
      guard let line = readLine() else { return nil }
      return line.first { !$0.isWhitespace } ?? "?"
    }
    return RawTerminal.readByte().flatMap { byte in
      // Ctrl-C and Ctrl-D, which a raw terminal hands over as they are.
      byte == 3 || byte == 4 ? nil : Character(Unicode.Scalar(byte))
    }
  }
}

/// The terminal hands over keys one by one only while one is waited for; on every way out, signals
/// included, it is as it was.
enum RawTerminal {
  static func readByte() -> UInt8? {
    guard tcgetattr(STDIN_FILENO, &saved) == 0 else { return nil }
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    let previous = endings.map { signal($0, restoreAndDie) }
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved)
      for (number, handler) in zip(endings, previous) { signal(number, handler) }
    }
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count == 1 { return byte }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }

  private static let endings = [SIGTERM, SIGHUP, SIGINT, SIGQUIT]

  // Written before the handler is installed, and only read by it.
  nonisolated(unsafe) fileprivate static var saved = termios()
}

/// Calls nothing but what a signal handler may.
private let restoreAndDie: @convention(c) (Int32) -> Void = { number in
  tcsetattr(STDIN_FILENO, TCSANOW, &RawTerminal.saved)
  signal(number, SIG_DFL)
  raise(number)
}
