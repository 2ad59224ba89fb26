import ArgumentParser
import FieldbookModel
import FieldbookMoving

struct ImportWandB: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wandb",
    abstract: "Take in runs that W&B recorded offline.",
    discussion: """
      DIR is a wandb folder, or the folder of one run. Projects become experiments; config \
      becomes params, history and summary become metrics, W&B's tags become labels.

      Example:
        fieldbook import wandb wandb
      """)

  @Argument(help: .init("Where W&B wrote its runs.", valueName: "dir"), completion: .directory)
  var folder: String
  @Flag(name: .long, help: "Count what is there, and take in nothing.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    try MovingIn(common: common, isDryRun: dryRun).run {
      try WandBFolder(path: AbsolutePath.of(folder))
    }
  }
}
