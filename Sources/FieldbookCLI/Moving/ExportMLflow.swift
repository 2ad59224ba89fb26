import ArgumentParser
import FieldbookModel
import FieldbookMoving
import FieldbookWorkspace

struct ExportMLflow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlflow",
    abstract: "Write an mlruns folder that MLflow reads.",
    discussion: """
      DEST is made if needed; what it holds already stays, and of what is in both, this side \
      counts. It is counted again from the folder, and the status is 1 if the counts differ. \
      Newer MLflow reads such folders with MLFLOW_ALLOW_FILE_STORE=true, and moves them into a \
      database with mlflow migrate-filestore.

      Examples:
        fieldbook export mlflow mlruns
        fieldbook export mlflow /mnt/share/mlruns --experiment churn
      """)

  @Argument(help: .init("A folder.", valueName: "dest"), completion: .directory)
  var place: String
  @Option(
    name: .long,
    help: .init(
      "Only this one, without registered models; can be given several times.", valueName: "name"))
  var experiment: [String] = []
  @OptionGroup var common: CommonOptions

  func run() throws {
    guard !place.contains("://") else {
      throw MovingFailure.unsupported(
        "an export goes to a folder, and \(place) is a URL",
        hint: "write a folder, and give it to the server: mlflow migrate-filestore")
    }
    let report = try common.withWorkspace { workspace, console in
      let progress = Progress(console)
      defer { progress.clear() }
      let report = try FileStoreExport.run(
        workspace, to: AbsolutePath.of(place),
        only: experiment.isEmpty ? nil : Set(experiment)
      ) { progress.update(MovingIn.line($0)) }
      progress.clear()
      console.show(MoveDocument(report: report, direction: .out))
      return report
    }
    if !report.isComplete { throw ExitCode(Status.failed) }
  }
}
