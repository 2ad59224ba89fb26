import ArgumentParser

/// Verbs that were almost typed.
enum KnownVerbs {
  /// Complains about a first word that is no verb; nil when the parser may go on.
  static func complaint(_ words: [String]) -> Ending? {
    if words.first == "help" { return complaint(Array(words.dropFirst()), in: Fieldbook.self) }
    guard let word = words.first, Fieldbook.subcommand(named: word) == nil else { return nil }
    return complaint([word], in: Fieldbook.self)
  }

  /// Walks down as far as the words are verbs.
  private static func complaint(_ words: [String], in command: any ParsableCommand.Type) -> Ending?
  {
    guard let word = words.first, !word.hasPrefix("-"), word != "help" else { return nil }
    if let next = command.subcommand(named: word) {
      return complaint(Array(words.dropFirst()), in: next)
    }
    let known = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      .map { $0._commandName }
    let hint = nearest(to: word, among: known).map {
      "did you mean '\((path(of: command) + [$0]).joined(separator: " "))'?"
    }
    return Ending(
      status: Status.wrongWords,
      complaint: Ending.lines(
        "'\(word)' is not a fieldbook command", hint: hint ?? "see what there is: fieldbook help"))
  }

  private static func path(of command: any ParsableCommand.Type) -> [String] {
    command == Fieldbook.self ? ["fieldbook"] : ["fieldbook", command._commandName]
  }

  /// Nil when none is near.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    let begun = candidates.filter { $0.hasPrefix(word) }
    if word.count >= 2, begun.count == 1 { return begun[0] }
    let ranked = candidates.map { ($0, distance(Array(word), Array($0))) }.min { $0.1 < $1.1 }
    guard let (candidate, distance) = ranked, distance <= max(1, word.count / 3) else { return nil }
    return candidate
  }

  /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast = [Int]()
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }
}
