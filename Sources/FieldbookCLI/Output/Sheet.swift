import FieldbookModel

/// What a command shows a person, line by line, before it is known where it will be shown.
struct Sheet {
  let now: Timestamp
  /// Of the terminal; nil when stdout is none, and nothing is cut.
  let width: Int?
  let isVerbose: Bool
  private(set) var lines: [Phrase] = []

  init(now: Timestamp, width: Int?, isVerbose: Bool = false) {
    self.now = now
    self.width = width
    self.isVerbose = isVerbose
  }

  mutating func line(_ phrase: Phrase) { lines.append(phrase) }

  /// An empty line between two parts; never the first line, never two in a row.
  mutating func gap() {
    if let last = lines.last, !last.isEmpty { lines.append("") }
  }

  mutating func heading(_ text: String) {
    gap()
    lines.append(Phrase(text, .bold))
  }

  mutating func table(_ table: Table, indent: Int = 0) {
    let margin = Phrase(String(repeating: " ", count: indent))
    lines += table.lines(width: width.map { $0 - indent }).map { margin + $0 }
  }

  /// `label  value`, the values in one column; pairs without a value are left out.
  mutating func pairs(_ pairs: [(String, Phrase?)], indent: Int = 0) {
    var table = Table([.init("", shrinks: false), .init("")], hasHeadings: false)
    for case (let label, let value?) in pairs { table.row([Phrase(label, .faint), value]) }
    self.table(table, indent: indent)
  }

  /// A text of several lines, whole.
  mutating func block(_ text: String, indent: Int = 2) {
    let margin = Phrase(String(repeating: " ", count: indent))
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append(line.isEmpty ? "" : margin + Phrase(String(line)))
    }
  }

  func rendered(inColour: Bool) -> String {
    lines.map { $0.rendered(inColour: inColour) + "\n" }.joined()
  }
}
