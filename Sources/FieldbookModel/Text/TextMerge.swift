package enum TextMergeOutcome: Equatable, Sendable {
  case merged(String)
  /// With `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>` around what both changed differently.
  case conflicted(String)
}

/// Three-way merge of texts: by lines, and inside lines that both changed by words. Byte by byte: who only composed an
/// accent otherwise has changed something, too.
///
/// Source: Khanna, Kunal, Pierce, "A Formal Investigation of Diff3", 2007.
package enum TextMerge {
  package static func merge(
    base: String, left: String, right: String, leftLabel: String, rightLabel: String
  ) -> TextMergeOutcome {
    var out = ""
    var clean = true
    for region in regions(lines(base), lines(left), lines(right)) {
      switch region {
      case .agreed(let tokens): out += joined(tokens)
      case .contested(let base, let left, let right):
        let inner = regions(words(joined(base)), words(joined(left)), words(joined(right)))
        if let text = agreement(inner) {
          out += text
          continue
        }
        clean = false
        func block(_ mark: String, _ label: String, _ lines: [ExactText]) -> String {
          let text = joined(lines)
          let end = text.isEmpty || endsLine(text) ? "" : "\n"
          return mark + (label.isEmpty ? "" : " " + label) + "\n" + text + end
        }
        if !out.isEmpty, !endsLine(out) { out += "\n" }
        out += block("<<<<<<<", leftLabel, left) + block("|||||||", "base", base)
        out += block("=======", "", right) + ">>>>>>> " + rightLabel + "\n"
      }
    }
    return clean ? .merged(out) : .conflicted(out)
  }

  /// By bytes: as characters, CR LF does not end with LF.
  private static func endsLine(_ text: String) -> Bool { text.utf8.last == UInt8(ascii: "\n") }

  private enum Region {
    case agreed([ExactText])
    case contested(base: [ExactText], left: [ExactText], right: [ExactText])
  }

  private static func joined(_ tokens: [ExactText]) -> String { tokens.map(\.text).joined() }

  private static func agreement(_ regions: [Region]) -> String? {
    var out = ""
    for region in regions {
      guard case .agreed(let tokens) = region else { return nil }
      out += joined(tokens)
    }
    return out
  }

  /// Cuts the three texts at the tokens that all share; what lies between was changed by one, by both alike,
  /// or by both differently.
  private static func regions(
    _ base: [ExactText], _ left: [ExactText], _ right: [ExactText]
  ) -> [Region] {
    let inLeft = matches(base, left)
    let inRight = matches(base, right)
    var out: [Region] = []
    var (b, l, r) = (0, 0, 0)
    func close(_ nextB: Int, _ nextL: Int, _ nextR: Int) {
      let (old, mine, theirs) = (
        Array(base[b..<nextB]), Array(left[l..<nextL]), Array(right[r..<nextR])
      )
      if mine == theirs || theirs == old {
        if !mine.isEmpty { out.append(.agreed(mine)) }
      } else if mine == old {
        if !theirs.isEmpty { out.append(.agreed(theirs)) }
      } else {
        out.append(.contested(base: old, left: mine, right: theirs))
      }
    }
    for index in base.indices {
      guard let inL = inLeft[index], let inR = inRight[index] else { continue }
      close(index, inL, inR)
      out.append(.agreed([base[index]]))
      (b, l, r) = (index + 1, inL + 1, inR + 1)
    }
    close(base.count, left.count, right.count)
    return out
  }

  /// What lies between the common beginning and the common end is taken as changed as a whole where it is longer:
  /// the difference costs its square, in time and in memory.
  private static let tokenLimit = 1000

  /// For each token of `base`, its place in `other`; nil where it was removed.
  private static func matches(_ base: [ExactText], _ other: [ExactText]) -> [Int?] {
    let shorter = min(base.count, other.count)
    var start = 0
    while start < shorter, base[start] == other[start] { start += 1 }
    var end = 0
    while end < shorter - start, base[base.count - 1 - end] == other[other.count - 1 - end] {
      end += 1
    }
    var places: [Int?] = Array(0..<start)
    for place in difference(base[start..<base.count - end], Array(other[start..<other.count - end]))
    { places.append(place.map { $0 + start }) }
    for place in other.count - end..<other.count { places.append(place) }
    return places
  }

  private static func difference(
    _ base: ArraySlice<ExactText>, _ other: [ExactText]
  ) -> [Int?] {
    guard base.count <= tokenLimit, other.count <= tokenLimit else { return base.map { _ in nil } }
    let base = Array(base)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in other.difference(from: base) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var places = other.indices.lazy.filter { !inserted.contains($0) }.makeIterator()
    return base.indices.map { removed.contains($0) ? nil : places.next() }
  }

  /// Lines with their ends.
  static func lines(_ text: String) -> [ExactText] {
    split(text) { $0 == "\n" || $0 == "\r\n" }
  }

  /// Words, each with the space that follows it.
  static func words(_ text: String) -> [ExactText] { split(text) { $0.isWhitespace } }

  private static func split(_ text: String, after ends: (Character) -> Bool) -> [ExactText] {
    var out: [ExactText] = []
    var current = ""
    for character in text {
      current.append(character)
      if ends(character) {
        out.append(ExactText(current))
        current = ""
      }
    }
    if !current.isEmpty { out.append(ExactText(current)) }
    return out
  }
}
