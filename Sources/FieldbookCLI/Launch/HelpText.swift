/// The parser's help, said shorter.
enum HelpText {
  /// Headings that read as headings, and without what every command takes alike.
  static func tidied(_ text: String) -> String {
    // A completion script comes the same way, and must stay as it is.
    guard text.hasPrefix("OVERVIEW: ") || text.hasPrefix("USAGE: ") else { return text + "\n" }
    let isRoot = text.contains("USAGE: fieldbook <subcommand>")
    let lines = brief(text).split(separator: "\n", omittingEmptySubsequences: false).compactMap {
      line -> Substring? in
      if line.hasPrefix("USAGE: ") { return folded(line)[...] }
      if line.hasPrefix("OVERVIEW: ") { return line.dropFirst(10) }
      if line.hasSuffix(" SUBCOMMANDS:") { return line.dropLast(13) + ":" }
      if line.hasPrefix("  --version "), !isRoot { return nil }
      return line
    }
    return lines.joined(separator: "\n") + (text.hasSuffix("\n") ? "" : "\n")
  }

  /// Over several lines, which the parser does to all but this.
  private static func folded(_ usage: Substring) -> String {
    var lines = [""]
    var isInside = false
    var part = ""
    for word in usage.split(separator: " ") {
      part += (part.isEmpty ? "" : " ") + word
      // `[--tag <key=value> ...]` stays together.
      isInside = part.hasPrefix("[") && part.count { $0 == "[" } > part.count { $0 == "]" }
      guard !isInside else { continue }
      let last = lines[lines.count - 1]
      if !last.isEmpty, last.count + 1 + part.count > 80 {
        lines.append("       " + part)
      } else {
        lines[lines.count - 1] += (last.isEmpty ? "" : " ") + part
      }
      part = ""
    }
    if !part.isEmpty { lines.append("       " + part) }
    return lines.joined(separator: "\n")
  }

  /// A usage line names what is the command's own.
  static func brief(_ usage: String) -> String {
    usage.replacing(
      " [--dir <dir>] [--json] [--quiet] [--verbose] [--color <when>]", with: " [<options>]")
  }
}
