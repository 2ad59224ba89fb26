import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct AddComment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "comment",
    abstract: "Add a comment to a run.",
    discussion: """
      Comments are never overwritten.

      Examples:
        fieldbook comment @last "Seed 7 was lucky."
        fieldbook comment @last - < review.txt
      """)

  @Argument(help: .run) var ref: String
  @Argument(help: "The text; - for stdin.") var text: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.change(ref, "commented on") { workspace, reference in
      let run = try reference.asRun(for: "comment")
      let text = text == "-" ? try FileCopy.text("-") : text
      guard text.contains(where: { !$0.isWhitespace }) else {
        throw InvalidInput("the comment is empty", hint: "give it a text")
      }
      try workspace.addComment(run, text)
    }
  }
}
