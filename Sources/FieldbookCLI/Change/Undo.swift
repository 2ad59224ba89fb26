import ArgumentParser
import FieldbookWorkspace

struct Undo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take a change back, by a new change.",
    discussion: """
      Puts back what the change replaced. OP is from fieldbook history.

      Example:
        fieldbook history baseline description
        fieldbook undo 4be1c02a
      """)

  @Argument(help: "The beginning of a change's hash.") var op: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let new = try workspace.undo(op)
      _ = try? workspace.refreshConfigBranch()
      console.status(Phrase("took back \(op) by the change \(ShortIDs.one(new))"))
      console.show(Silent(json: ["undone": .string(op), "op": .string(new)]))
    }
  }
}
