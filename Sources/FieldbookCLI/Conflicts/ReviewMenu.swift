import FieldbookDocuments
import FieldbookModel

/// The keys that decide one conflict.
struct ReviewMenu {
  enum Choice: Equatable {
    case take(String)
    case merge, edit, base, skip, quit, help
  }

  private let entries: [(key: Character, choice: Choice, meaning: String)]

  init(_ conflict: Conflict, merge: ConflictMerge?) {
    // From the fifth side on letters have other meanings, so those are counted.
    var entries: [(Character, Choice, String)] = conflict.sides.prefix(9).enumerated().map {
      index, side in
      let key = index < 4 ? Character(side.letter) : Character("\(index + 1)")
      return (key, .take(side.letter), "take side \(side.letter), of \(side.device)")
    }
    if merge?.isClean == true {
      entries.append(("m", .merge, "merge: keep the edits of all sides"))
    }
    if conflict.takesAnyValue {
      entries.append(("e", .edit, "edit: write the value in your editor"))
    }
    if conflict.base != nil { entries.append(("o", .base, "original: \(conflict.baseWords)")) }
    entries.append(("s", .skip, "skip: leave this one undecided"))
    entries.append(("q", .quit, "quit: what was decided stays decided"))
    entries.append(("?", .help, "print this help"))
    self.entries = entries.map { (key: $0.0, choice: $0.1, meaning: $0.2) }
  }

  var keys: String { entries.map { String($0.key) }.joined(separator: ",") }
  var explanations: [String] { entries.map { "\($0.key)  \($0.meaning)" } }

  /// Help for a key that means nothing.
  func choice(_ key: Character) -> Choice {
    entries.first { $0.key == Character(key.lowercased()) }?.choice ?? .help
  }
}
