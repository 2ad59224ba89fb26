import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ListExperiments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiments",
    abstract: "List the experiments.",
    discussion: """
      Example:
        fieldbook experiments
      """)

  @OptionGroup var view: ViewOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let all = try Page.all { token in
        try workspace.experiments(ExperimentQuery(view: view.chosen, pageToken: token))
      }
      console.show(ExperimentList(experiments: all))
    }
  }
}

/// Whether soft-deleted things are listed.
struct ViewOptions: ParsableArguments {
  @Flag(name: .long, help: "Only what was deleted.")
  var deleted = false

  @Flag(name: .long, help: "What was deleted, too.")
  var all = false

  var chosen: LifecycleView { all ? .all : deleted ? .deleted : .active }
}

struct ExperimentList: Document {
  var experiments: [Experiment]

  var json: JSON { ["experiments": .array(experiments.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    guard !experiments.isEmpty else { return sheet.line("no experiments") }
    var table = Table([
      .init("experiment"), .init("runs", isRightAligned: true, shrinks: false),
      .init("last change", shrinks: false), .init("id", shrinks: false), .init("tags"),
    ])
    for experiment in experiments {
      let name = Phrase(experiment.name)
      table.row([
        experiment.lifecycle == .deleted ? name + Phrase(" (deleted)", .red) : name,
        Phrase(String(experiment.runCount)),
        Phrase(Wording.ago(experiment.lastUpdateTime, now: sheet.now)),
        Phrase(experiment.id.decimal, .faint),
        Phrase(
          experiment.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: " ")),
      ])
    }
    sheet.table(table)
  }
}
