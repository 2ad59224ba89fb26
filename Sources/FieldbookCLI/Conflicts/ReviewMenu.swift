import FieldbookDocuments
import FieldbookModel

/// The keys that decide one conflict.
struct ReviewMenu {
  enum Choice: Equatable {
    case take(String)
    case merge, edit, base, skip, quit, help

    init(_ answer: ConflictChoice.Answer) {
      switch answer {
      case .take(let side): self = .take(side)
      case .merge: self = .merge
      case .edit: self = .edit
      case .base: self = .base
      }
    }
  }

  private let entries: [(key: Character, choice: Choice, meaning: String, effect: String?)]

  init(_ conflict: Conflict, merge: ConflictMerge?) {
    entries =
      conflict.choices(merge).map { ($0.key, Choice($0.answer), $0.meaning, $0.effect) } + [
        ("s", .skip, "skip: leave this one undecided", nil),
        ("q", .quit, "quit: what was decided stays decided", nil),
        ("?", .help, "print this help", nil),
      ]
  }

  var keys: String { entries.map { String($0.key) }.joined(separator: ",") }
  /// What each key means, and below it what comes of it.
  var explanations: [Phrase] {
    entries.flatMap { one in
      [Phrase("\(one.key)  \(one.meaning)")]
        + (one.effect.map { [Phrase("   " + $0, .faint)] } ?? [])
    }
  }

  /// Help for a key that means nothing.
  func choice(_ key: Character) -> Choice {
    entries.first { $0.key == Character(key.lowercased()) }?.choice ?? .help
  }
}
