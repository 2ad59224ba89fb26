/// Rows below a line of headings, aligned by what a terminal shows.
struct Table {
  struct Column {
    var title: String
    var isRightAligned = false
    /// A column that shrinks is cut when the terminal is too narrow.
    var shrinks = true

    init(_ title: String, isRightAligned: Bool = false, shrinks: Bool = true) {
      self.title = title
      self.isRightAligned = isRightAligned
      self.shrinks = shrinks
    }
  }

  var columns: [Column]
  /// Each has as many cells as there are columns.
  private(set) var rows: [[Phrase]] = []
  var hasHeadings: Bool

  init(_ columns: [Column], hasHeadings: Bool = true) {
    self.columns = columns
    self.hasHeadings = hasHeadings
  }

  mutating func row(_ cells: [Phrase]) {
    precondition(cells.count == columns.count)
    rows.append(cells)
  }

  static let gap = 2
  private static let narrowest = 8

  /// Lines without trailing spaces, none wider than `width`.
  func lines(width: Int?) -> [Phrase] {
    let widths = fittedWidths(width)
    var lines: [Phrase] = []
    if hasHeadings {
      lines.append(line(columns.map { Phrase($0.title, .faint) }, widths))
    }
    lines += rows.map { line($0, widths) }
    return width.map { width in lines.map { $0.truncated(to: width) } } ?? lines
  }

  private func line(_ cells: [Phrase], _ widths: [Int]) -> Phrase {
    var out = Phrase("")
    var pending = 0
    for (index, cell) in cells.enumerated() {
      let cell = cell.truncated(to: widths[index])
      let rest = widths[index] - cell.width
      let before = pending + (columns[index].isRightAligned ? rest : 0)
      // Spaces are owed, not written, until something follows them.
      if !cell.isEmpty {
        out += Phrase(String(repeating: " ", count: before)) + cell
        pending = 0
      } else {
        pending = before
      }
      pending += (columns[index].isRightAligned ? 0 : rest) + Table.gap
    }
    return out
  }

  /// Natural widths; where they exceed the terminal, the widest columns that shrink give way.
  private func fittedWidths(_ width: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      rows.reduce(hasHeadings ? DisplayWidth.of(columns[index].title) : 0) {
        max($0, $1[index].width)
      }
    }
    guard let width else { return widths }
    let gaps = Table.gap * max(0, columns.count - 1)
    while widths.reduce(gaps, +) > width {
      let shrinkable = columns.indices.filter {
        columns[$0].shrinks && widths[$0] > Table.narrowest
      }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }
}
