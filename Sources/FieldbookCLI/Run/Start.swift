import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct Start: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open a run by hand, without a command.",
    discussion: """
      Prints the run's id.

      Example:
        export FIELDBOOK_RUN_ID=$(fieldbook start -e churn --name nightly)
        fieldbook log metric rows=120000
        fieldbook finish
      """)

  @OptionGroup var opening: RunOpening
  @Option(
    name: [.customShort("p"), .customLong("param")],
    help: .init("A param; may be repeated.", valueName: "key=value"))
  var params: [Assignment] = []
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let experiment = try workspace.ensureExperiment(
        named: opening.experimentName(common.variables), durability: .person)
      let run = try workspace.createRun(
        RunDraft(
          experiment: experiment, name: opening.name,
          parent: try opening.parent.map(workspace.runID), parameters: try params.dictionary(),
          tags: try opening.tag.dictionary()),
        durability: .person)
      let started = StartedRun(run: try workspace.run(run))
      console.status(
        Phrase("started run ") + Phrase(started.run.name, .bold)
          + Phrase(" in experiment \(started.run.experimentName)"))
      console.status(
        Phrase("not captured: command, output, exit status, code (fieldbook run does)", .faint))
      let short = ShortIDs.one(run.hex)
      console.next("fieldbook log metric KEY=VALUE --run \(short); fieldbook finish \(short)")
      console.show(started)
    }
  }
}

/// The id alone for a person, so that a shell can keep it.
struct StartedRun: Document {
  var run: Run

  var json: JSON { run.json(isVanished: false) }
  func lay(on sheet: inout Sheet) { sheet.line(Phrase(run.id.hex)) }
}
