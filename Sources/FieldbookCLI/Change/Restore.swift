import ArgumentParser
import FieldbookWorkspace

struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring back what was deleted.",
    discussion: """
      Example:
        fieldbook runs --deleted
        fieldbook restore a3f91c02
      """)

  @Argument(help: .reference) var ref: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.changeLifecycle(
      ref, to: .active, said: "restored", already: "is not deleted:", dryRun: false)
  }
}
