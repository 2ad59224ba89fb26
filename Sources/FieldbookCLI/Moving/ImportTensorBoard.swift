import ArgumentParser
import FieldbookModel
import FieldbookMoving
import Foundation

struct ImportTensorBoard: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tensorboard",
    abstract: "Take in TensorBoard's event files.",
    discussion: """
      Each folder below DIR that holds event files becomes a run. Scalars become metrics, \
      hyperparameters params, texts tags. The event files themselves are kept as files of \
      the run, so that pictures and histograms are not lost.

      Example:
        fieldbook import tensorboard runs --experiment churn
      """)

  @Argument(help: .init("Where the event files are.", valueName: "dir"), completion: .directory)
  var folder: String
  @Option(
    name: .long,
    help: .init("The experiment that they go to (default: the folder's name).", valueName: "name"))
  var experiment: String?
  @Flag(name: .long, help: "Count what is there, and take in nothing.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let path = try AbsolutePath.of(folder)
    let name = experiment ?? (path as NSString).lastPathComponent
    try Check.entityName(name, what: "experiment")
    try MovingIn(common: common, isDryRun: dryRun).run {
      try EventFolder(path: path, experiment: name)
    }
  }
}
