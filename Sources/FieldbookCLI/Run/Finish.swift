import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct Finish: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Close a run that was opened by hand.",
    discussion: """
      Example:
        fieldbook finish
        fieldbook finish nightly --status failed
      """)

  enum Outcome: String, CaseIterable, ExpressibleByArgument {
    case finished, failed, killed

    init?(argument: String) { self.init(rawValue: argument.lowercased()) }

    var status: RunStatus {
      switch self {
      case .finished: .finished
      case .failed: .failed
      case .killed: .killed
      }
    }
  }

  @Argument(help: "The run (default: FIELDBOOK_RUN_ID, else @last).") var ref: String?
  @Option(name: .long, help: .init("How it ended.", valueName: "status"))
  var status: Outcome = .finished
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let id = try workspace.runID(RunChoice.reference(ref, common.variables))
      let now = Timestamp(milliseconds: workspace.environment.now())
      let known = try workspace.run(id)
      if known.state.status.isFinal { throw AlreadyOver(known, now: now) }
      try workspace.setState(
        id, RunState(status: status.status, endTime: now), durability: .person)
      let document = try RunDocument.read(id, in: workspace)
      console.status(
        Phrase("closed run ") + Phrase(document.run.name, .bold)
          + Phrase(" (\(ShortIDs.one(id.hex))): ") + document.run.statusPhrase(isVanished: false))
      console.next("fieldbook show \(ShortIDs.one(id.hex))")
      if console.isJSON { console.show(document) }
    }
  }
}
