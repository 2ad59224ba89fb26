import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct Server: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve MLflow's REST API over this replica.",
    discussion: """
      On this machine only. Scripts reach it with MLFLOW_TRACKING_URI; with --share enrolled peers can sync with
      it, too. Ends with Ctrl-C or SIGTERM.

      Example:
        fieldbook server --port 5000
      """)

  @OptionGroup var listening: Listening
  @Flag(name: .long, help: "Let enrolled peers sync, too.") var share = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withWorkspace { workspace, console in
      try await Serving.run(workspace, listening, sharing: share, console)
    }
  }
}
