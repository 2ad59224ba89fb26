/// A line on stderr that is written over while long work goes on; nothing where that is no terminal.
struct Progress: Sendable {
  private let err: Outlet?

  init(_ console: Console) {
    err = console.err.isTerminal && !console.isQuiet ? console.err : nil
  }

  func update(_ text: String) {
    guard let err else { return }
    let line = Phrase(text, .faint).truncated(to: (err.width ?? 80) - 1)
    err.write("\r\u{1B}[K" + line.rendered(inColour: err.hasColour))
  }

  func clear() { err?.write("\r\u{1B}[K") }
}
