import FieldbookModel

/// One way to decide a conflict: its key, in `conflicts review` and on the page, and what comes of it.
package struct ConflictChoice: Equatable, Sendable {
  package enum Answer: Equatable, Sendable {
    /// A side by its letter.
    case take(String)
    case merge, edit, base
  }

  package let key: Character
  package let answer: Answer
  /// `take side a, of ana-laptop`.
  package let meaning: String
  /// What every replica that syncs will have then.
  package let effect: String
}

extension Conflict {
  /// In the order of a menu: sides, merge, an own value, the base.
  package func choices(_ merge: ConflictMerge?) -> [ConflictChoice] {
    // From the fifth side on letters have other meanings, so those are counted.
    var all = sides.prefix(9).enumerated().map { index, side in
      ConflictChoice(
        key: index < 4 ? Character(side.letter) : Character("\(index + 1)"),
        answer: .take(side.letter), meaning: "take side \(side.letter), of \(side.device)",
        effect: effect(ofTaking: side))
    }
    if merge?.isClean == true {
      all.append(
        ConflictChoice(
          key: "m", answer: .merge, meaning: "merge: keep the edits of all sides",
          effect: "The edits do not touch each other: all of them stand in one text."))
    }
    if takesAnyValue {
      let start = merge == nil ? "the value that is shown" : "the merge"
      all.append(
        ConflictChoice(
          key: "e", answer: .edit, meaning: "edit: write the value yourself",
          effect: "Starts from \(start). Nothing is decided before it is saved."))
    }
    if let base {
      all.append(
        ConflictChoice(
          key: "o", answer: .base, meaning: "original: \(baseWords)", effect: effect(of: base)))
    }
    return all
  }

  private func effect(ofTaking side: ConflictSide) -> String {
    let thing = entity.kind.name
    switch kind {
    case .value, .alias: return effect(of: side.value)
    case .deleteEdit:
      return side.value == Lifecycle.deleted.rawValue
        ? "The \(thing) is deleted, edits and all; `fieldbook restore` brings it back."
        : "The \(thing) stays, with all edits."
    case .name:
      return "Its \(thing) keeps the name; the others get their ids behind theirs."
    case .version:
      return "Its version keeps the number; the others get new numbers, by the hub."
    case .clone:
      return "It counts as looked at. Both logs stay, and so does all that they say."
    }
  }

  /// Of a field that holds this value then.
  private func effect(of value: String?) -> String {
    let (family, member) = field.split
    let others = "What the others said stays in the history."
    if let assessment = Assessment(value, of: field) {
      return "The \(assessment.kind.rawValue) \(assessment.name) is this one. \(others)"
    }
    if kind == .alias, let member {
      return value.map {
        "\(entity.name)@\(member) answers with version \($0), and is held no longer."
      }
        ?? "\(entity.name)@\(member) is removed: nobody is answered by it any more."
    }
    if field == .lifecycle {
      return value == Lifecycle.deleted.rawValue
        ? "It is deleted; `fieldbook restore` brings it back." : "It stays."
    }
    if family == "artifacts", let member {
      return value == nil
        ? "The file \(member) is taken away. \(others)"
        : "The file \(member) is this one. \(others)"
    }
    let name = Conflict.families[String(family)].flatMap { word in
      member.map { "The \(word) \($0)" }
    }
    let subject = name ?? (member == nil ? "The \(Conflict.plain(field.text))" : fieldWords)
    guard let value else { return "\(subject) is removed. \(others)" }
    return "\(subject) becomes “\(brief(value))”. \(others)"
  }

  private static let families = ["tags": "tag", "params": "param", "labels": "label"]

  private static func plain(_ field: String) -> String {
    field.replacingOccurrences(of: "_", with: " ")
  }

  /// On one line what tells it from the other values: from where they begin to differ, if that is not seen at its beginning.
  private func brief(_ text: String) -> String {
    let values = (sides.map(\.value) + [base]).compactMap(\.self)
    let shared = values.dropFirst().reduce(values.first?.count ?? 0) { count, value in
      min(count, zip(values[0], value).prefix { $0 == $1 }.count)
    }
    let firstLine = text.prefix { !$0.isNewline }.count
    guard shared >= min(firstLine, 40), Set(values).count > 1 else {
      return Conflict.cut(text.prefix(firstLine), isWhole: firstLine == text.count)
    }
    let rest = text.dropFirst(max(0, shared - 20))
    let line = String(rest.prefix(60).map { $0.isNewline ? " " : $0 })
    return (shared > 20 ? "…" : "") + Conflict.cut(line[...], isWhole: rest.count <= 60)
  }

  private static func cut(_ line: Substring, isWhole: Bool) -> String {
    line.count > 60 || !isWhole ? line.prefix(60) + "…" : String(line)
  }
}

extension ConflictChoice {
  package var json: JSON {
    let (name, side): (String, String?) =
      switch answer {
      case .take(let letter): ("take", letter)
      case .merge: ("merge", nil)
      case .edit: ("edit", nil)
      case .base: ("base", nil)
      }
    return [
      "key": .string(String(key)), "answer": .string(name), "side": .optional(side),
      "meaning": .string(meaning), "effect": .string(effect),
    ]
  }
}
