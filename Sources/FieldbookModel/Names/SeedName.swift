/// Names of settings that make chance repeatable.
package enum SeedName {
  /// True for `seed`, `random_state`, `train.random_seed`, `numpySeed`, `--seed`: the last part of a name, in words.
  package static func matches(_ name: String) -> Bool {
    let last = name.split { "./: ".contains($0) }.last.map(String.init) ?? name
    let words = SeedName.words(last)
    if words.contains("seed") || words.contains("seeds") { return true }
    return words.count >= 2 && zip(words, words.dropFirst()).contains { $0 == ("random", "state") }
  }

  /// False for what says that there is none: then chance is chance.
  package static func isSet(_ value: String) -> Bool {
    !["", "none", "null", "nil", "~", "random", "false", "-1"].contains(value.lowercased())
  }

  /// In small letters, cut at what is no letter and before a capital that follows a small one; digits go.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasSmall = false
    for character in text {
      if !character.isLetter || (wasSmall && character.isUppercase) {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if character.isLetter { word += character.lowercased() }
      wasSmall = character.isLowercase
    }
    return word.isEmpty ? words : words + [word]
  }
}
