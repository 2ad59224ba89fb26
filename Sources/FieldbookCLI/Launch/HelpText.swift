/// The parser's help, with headings that read as headings.
enum HelpText {
  static func tidied(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasPrefix("OVERVIEW: ") { return line.dropFirst(10) }
      if line.hasSuffix(" SUBCOMMANDS:") { return line.dropLast(13) + ":" }
      return line
    }.joined(separator: "\n") + (text.hasSuffix("\n") ? "" : "\n")
  }
}
