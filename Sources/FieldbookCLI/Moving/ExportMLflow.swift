import ArgumentParser
import FieldbookModel
import FieldbookMoving
import FieldbookWorkspace
import Foundation

struct ExportMLflow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlflow",
    abstract: "Write to an mlruns folder or a tracking server.",
    discussion: """
      DEST is a folder, which is made if needed, or a tracking server's URL, for which \
      MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD count. What it \
      holds already stays, and of what is in both, this side counts. It is counted again from \
      there, and the status is 1 if the counts differ. Newer MLflow reads such folders with \
      MLFLOW_ALLOW_FILE_STORE=true, and moves them into a database with mlflow migrate-filestore. \
      A server gives ids and numbers of its own; tags keep ours.

      Examples:
        fieldbook export mlflow mlruns
        fieldbook export mlflow /mnt/share/mlruns --experiment churn
        fieldbook export mlflow http://ml.example.org:5000
      """)

  @Argument(help: .init("A folder, or a server's URL.", valueName: "dest"), completion: .directory)
  var place: String
  @Option(
    name: .long,
    help: .init(
      "Only this one, without registered models; can be given several times.", valueName: "name"))
  var experiment: [String] = []
  @OptionGroup var common: CommonOptions

  func run() throws {
    guard MLflowSource.isServer(place) || !place.contains("://") else {
      throw MovingFailure.unsupported(
        "\(place.prefix { $0 != ":" }) is no kind of place that can be written directly",
        hint: "write a folder, and give it to the server: mlflow migrate-filestore")
    }
    let only = experiment.isEmpty ? nil : Set(experiment)
    let report = try common.withWorkspace { workspace, console in
      let progress = Progress(console)
      defer { progress.clear() }
      let tell: (Census) -> Void = { progress.update(MovingIn.line($0)) }
      let report =
        MLflowSource.isServer(place)
        ? try ServerExport.run(
          workspace,
          to: TrackingClient(place, variables: ProcessInfo.processInfo.environment), only: only,
          tell: tell)
        : try FileStoreExport.run(
          workspace, to: AbsolutePath.of(place), only: only, tell: tell)
      progress.clear()
      console.show(MoveDocument(report: report, direction: .out))
      for note in report.notes { console.hint(note) }
      return report
    }
    if !report.isComplete { throw ExitCode(Status.failed) }
  }
}
