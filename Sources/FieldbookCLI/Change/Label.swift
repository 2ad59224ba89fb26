import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct Label: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put labels on a run, or take them off.",
    discussion: """
      Examples:
        fieldbook label @last baseline keep
        fieldbook label @last keep --remove
      """)

  @Argument(help: .run) var ref: String
  @Argument(help: "Labels.") var labels: [String]
  @Flag(name: .long, help: "Take them off.") var remove = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.change(ref, remove ? "took labels off" : "labelled") { workspace, reference in
      let run = try reference.asRun(for: "label")
      if remove {
        try workspace.removeLabels(run, labels)
      } else {
        try workspace.addLabels(run, labels)
      }
    }
  }
}
