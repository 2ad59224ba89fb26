/// How one text became another, line by line.
package struct LineDifference: Equatable {
  package enum Change: Character {
    case same = " "
    case removed = "-"
    case added = "+"
  }

  package struct Line: Equatable {
    package var change: Change
    package var text: String
  }

  package var lines: [Line]

  package init(from base: String, to text: String) {
    var old = LineDifference.split(base)
    var new = LineDifference.split(text)
    // A line break ends a line; where only one of them has it at the end, that is a difference.
    if [base, text].allSatisfy({ $0.isEmpty || $0.hasSuffix("\n") }) {
      old = old.dropLast()
      new = new.dropLast()
    }
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var lines: [Line] = []
    var before = 0
    var after = 0
    while before < old.count || after < new.count {
      if removed.contains(before) {
        lines.append(Line(change: .removed, text: old[before]))
        before += 1
      } else if added.contains(after) {
        lines.append(Line(change: .added, text: new[after]))
        after += 1
      } else {
        lines.append(Line(change: .same, text: new[after]))
        before += 1
        after += 1
      }
    }
    self.lines = lines
  }

  private static func split(_ text: String) -> [String] {
    text.isEmpty
      ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Without equal lines that are further than `context` lines from any change.
  package func near(context: Int) -> LineDifference {
    let changed = lines.indices.filter { lines[$0].change != .same }
    var copy = self
    copy.lines = lines.indices.filter { index in
      changed.contains { abs($0 - index) <= context }
    }.map { lines[$0] }
    return copy
  }

  package var text: String { lines.map { "\($0.change.rawValue)\($0.text)\n" }.joined() }
}
