import FieldbookModel
import Foundation

/// A recorded command's words, put right for this machine. What is changed is told.
struct CommandWords {
  private(set) var words: [String]
  private(set) var changes: [(from: String, to: String)] = []

  init(_ words: [String]) { self.words = words }

  static let secretVariable = "FIELDBOOK_SECRET_"

  /// Puts back what was masked: the first secret of the command is `FIELDBOOK_SECRET_1`, and so on.
  ///
  /// - Throws: `ReproductionFailure.secrets`, with the words that lack one.
  mutating func addSecrets(_ variables: [String: String]) throws(ReproductionFailure) {
    var number = 0
    var lacking: [String] = []
    for place in words.indices {
      let parts = words[place].components(separatedBy: SecretMasking.mark)
      guard parts.count > 1 else { continue }
      var whole = parts[0]
      for part in parts.dropFirst() {
        number += 1
        let secret = variables[CommandWords.secretVariable + String(number)]
        if secret == nil { lacking.append("word \(place + 1), \(words[place])") }
        whole += (secret ?? "") + part
      }
      words[place] = whole
    }
    guard lacking.isEmpty else { throw .secrets(lacking) }
  }

  mutating func replace(_ place: Int, by word: String) {
    guard words[place] != word else { return }
    changes.append((words[place], word))
    words[place] = word
  }

  /// Replaces a path that is a word, or what a word says after its first `=`.
  ///
  /// - Returns: false if no word names it.
  @discardableResult
  mutating func replace(path: String, by other: String) -> Bool {
    var isFound = false
    for place in words.indices.dropFirst() {
      let word = words[place]
      if word == path {
        replace(place, by: other)
        isFound = true
      } else if let mark = word.firstIndex(of: "="), word[word.index(after: mark)...] == path {
        replace(place, by: word[...mark] + other)
        isFound = true
      }
    }
    return isFound
  }

  /// Leads every path below a folder to the same below another.
  mutating func move(_ folder: String, to other: String) {
    guard folder.count > 1, folder != other else { return }
    for place in words.indices {
      let word = words[place]
      let start = place == 0 ? nil : word.firstIndex(of: "=").map { word.index(after: $0) }
      for begin in [word.startIndex, start].compactMap({ $0 }) {
        let path = word[begin...]
        guard path == folder || path.hasPrefix(folder + "/") else { continue }
        replace(place, by: word[..<begin] + other + path.dropFirst(folder.count))
        break
      }
    }
  }
}
