import ArgumentParser

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take in a run's archive, or another tracker.",
    discussion: """
      Nothing there is changed. Again, it takes in only what is new; interrupted, it goes on. \
      It ends with a count of what was there against what is here, and with status 1 if they \
      differ.

      Examples:
        fieldbook import run.zip
        fieldbook import mlflow mlruns --dry-run
        fieldbook import mlflow mlflow.db
      """,
    subcommands: [
      ImportRun.self, ImportMLflow.self, ImportWandB.self, ImportTensorBoard.self,
      ImportNeptune.self,
    ],
    defaultSubcommand: ImportRun.self)
}
