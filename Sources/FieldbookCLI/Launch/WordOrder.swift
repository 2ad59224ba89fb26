import ArgumentParser

/// Lets the options that every command takes stand before the verb.
enum WordOrder {
  /// The same words, with common options that stand before the end of the verb moved behind it.
  static func arranged(_ words: [String], root: any ParsableCommand.Type) -> [String] {
    var moved: [String] = []
    var verb: [String] = []
    var command = root
    var rest = words[...]
    while let word = rest.first {
      if CommonOptions.flags.contains(word) || isJoined(word) {
        moved.append(word)
        rest = rest.dropFirst()
      } else if CommonOptions.options.contains(word) {
        moved += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else if let next = command.subcommand(named: word) {
        verb.append(word)
        command = next
        rest = rest.dropFirst()
      } else {
        break
      }
    }
    // `help` takes no options, and words without a verb are the parser's to refuse.
    if verb.isEmpty, rest.first == "help" || (rest.isEmpty && !moved.isEmpty) {
      return rest.isEmpty ? ["help"] : Array(rest)
    }
    return verb + moved + rest
  }

  /// `--dir=D`.
  private static func isJoined(_ word: String) -> Bool {
    CommonOptions.options.contains { word.hasPrefix($0 + "=") }
  }
}

extension ParsableCommand {
  static func subcommand(named name: String) -> (any ParsableCommand.Type)? {
    configuration.subcommands.first {
      $0._commandName == name || $0.configuration.aliases.contains(name)
    }
  }
}
