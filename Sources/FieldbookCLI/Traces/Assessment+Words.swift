import FieldbookModel

// An assessment as people read it: what, how it was found, who says so, and why.
extension Assessment {
  /// `correctness`, `answer (expectation)`.
  var subject: Phrase {
    Phrase(name) + Phrase(kind == .feedback ? "" : " (\(kind.rawValue))", .faint)
  }

  /// Nothing for an issue: its name says it all.
  var finding: Phrase {
    if let trouble { return Phrase("failed: " + (trouble.message ?? trouble.code), .red) }
    if kind == .issue { return "" }
    return value == "null" ? Wording.brief(nil) : Wording.brief(Wording.plain(value))
  }

  /// `ana`, `judge gpt-4`, `code`.
  var sourceWords: String {
    let kind =
      switch sourceType {
      case "LLM_JUDGE": "judge"
      case "CODE": "code"
      default: ""
      }
    let words = [kind, sourceID ?? ""].filter { !$0.isEmpty }
    return words.isEmpty ? "someone" : words.joined(separator: " ")
  }

  private var why: String? { rationale.flatMap { $0.isEmpty ? nil : $0 } }

  /// All on one line: `true, by ana: it says what the handbook says`.
  var summary: Phrase {
    let found = finding
    var words = found.isEmpty ? Phrase("") : found + Phrase(", ", .faint)
    words += Phrase("by ", .faint) + Phrase(sourceWords)
    if let why { words += Phrase(": ", .faint) + Wording.brief(why) }
    return words
  }

  /// Each of its parts on a line of its own.
  func layParts(on sheet: inout Sheet) {
    let found = finding
    sheet.pairs(
      [
        (kind.rawValue, Phrase(name)), ("value", found.isEmpty ? nil : found),
        ("by", Phrase(sourceWords)),
        ("why", why.map { Wording.brief($0) }),
        ("span", span.map { Phrase($0) }),
        ("since", Phrase(Wording.ago(lastUpdateTime, now: sheet.now))),
      ] + metadata.sorted { $0.key < $1.key }.map { ($0.key, Wording.brief($0.value)) }, indent: 2)
  }
}
