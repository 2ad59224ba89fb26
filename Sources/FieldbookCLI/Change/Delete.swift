import ArgumentParser
import FieldbookWorkspace

struct Delete: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hide something; restore brings it back.",
    discussion: """
      For runs, experiments, models and versions. Nothing is lost: history, metrics and \
      files stay.

      Example:
        fieldbook delete @last
      """)

  @Argument(help: .reference) var ref: String
  @Flag(name: .long, help: "Only say what would be deleted.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.changeLifecycle(
      ref, to: .deleted, said: dryRun ? "would delete" : "deleted", already: "was deleted already:",
      dryRun: dryRun)
  }
}
