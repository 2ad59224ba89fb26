import ArgumentParser
import FieldbookModel
import FieldbookMoving
import FieldbookWorkspace
import Foundation

struct ImportMLflow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlflow",
    abstract: "Take in an MLflow database, folder or server.",
    discussion: """
      SOURCE is an mlflow.db (SQLite), a postgresql:// URL, an mlruns folder or a tracking \
      server's URL, for which \
      MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD count. \
      Experiments go by their names: one that is here already takes in the runs. Runs, logged \
      models and versions keep their ids, so that they are the same on every laptop.

      Examples:
        fieldbook import mlflow mlruns --dry-run
        fieldbook import mlflow ~/work/mlflow.db --artifacts /mnt/store
        fieldbook import mlflow http://ml.example.org:5000 --experiment churn
      """)

  @Argument(help: .init("Where MLflow keeps its runs.", valueName: "source"), completion: .file())
  var place: String
  @Option(
    name: .long,
    help: .init(
      "Only this one, without registered models; can be given several times.", valueName: "name"))
  var experiment: [String] = []
  @Option(
    name: .long,
    help: .init(
      "Where the files lie, if not where the store says (default: beside it).", valueName: "dir"),
    completion: .directory)
  var artifacts: String?
  @Flag(name: .long, help: "Count what is there, and take in nothing.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    try MovingIn(common: common, isDryRun: dryRun).run {
      try MLflowSource.open(
        place.contains("://") ? place : AbsolutePath.of(place),
        artifacts: artifacts.map(AbsolutePath.of),
        only: experiment.isEmpty ? nil : Set(experiment),
        variables: ProcessInfo.processInfo.environment)
    }
  }
}
