import Foundation

/// One of the two places that a command writes to.
struct Outlet: Sendable {
  let descriptor: Int32
  let hasColour: Bool
  /// Columns of the terminal; nil when this is none.
  let width: Int?

  func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes all of it. What nobody reads any more is dropped; any other trouble is told when the command ends.
  func write(_ bytes: [UInt8]) {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        guard errno == EINTR || errno == EAGAIN else {
          return OutputTrouble.note(descriptor, errno)
        }
        var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&writable, 1, -1)
        continue
      }
      bytes = bytes.dropFirst(count)
    }
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// `variables` decide before the terminal does: `COLUMNS`, and `NO_COLOR` (no-color.org).
  static func standard(
    _ descriptor: Int32, colour: ColourChoice, variables: [String: String]
  ) -> Outlet {
    let isTerminal = isatty(descriptor) == 1
    let hasColour =
      switch colour {
      case .always: true
      case .never: false
      case .auto:
        isTerminal && (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb"
      }
    return Outlet(
      descriptor: descriptor, hasColour: hasColour,
      width: isTerminal ? columns(descriptor, variables) : nil)
  }

  private static func columns(_ descriptor: Int32, _ variables: [String: String]) -> Int {
    if let told = variables["COLUMNS"].flatMap(Int.init), told > 0 { return told }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

enum ColourChoice: String, CaseIterable, Sendable {
  case auto, always, never
}
