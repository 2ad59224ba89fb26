import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record params, metrics, tags, files from a script.",
    discussion: """
      The run is --run, else FIELDBOOK_RUN_ID (which fieldbook run sets), else @last.

      Examples:
        fieldbook log param dataset=v3 rows=120000
        fieldbook log metric accuracy=0.913 --step 10
        fieldbook log artifact report.html
      """,
    subcommands: [LogParameters.self, LogMetrics.self, LogTags.self, LogArtifacts.self])
}

/// Which run is recorded into.
struct RunChoice: ParsableArguments {
  @Option(
    name: .long,
    help: .init("The run (default: FIELDBOOK_RUN_ID, else @last).", valueName: "ref"))
  var run: String?

  func id(in workspace: Workspace, variables: [String: String]) throws -> RunID {
    try workspace.runID(RunChoice.reference(run, variables))
  }

  static func reference(_ told: String?, _ variables: [String: String]) -> String {
    if let told { return told }
    if let open = variables["FIELDBOOK_RUN_ID"], !open.isEmpty { return open }
    return "@last"
  }
}

extension CommonOptions {
  /// Records into the chosen run, says so, and shows the run with `--json`.
  func record(into choice: RunChoice, _ body: (Workspace, RunID) throws -> String) throws {
    try withWorkspace { workspace, console in
      let run = try choice.id(in: workspace, variables: variables)
      let what = try body(workspace, run)
      console.detail("logged \(what) to \(ShortIDs.one(run.hex))")
      if console.isJSON { console.show(try RunDocument.read(run, in: workspace)) }
    }
  }
}
