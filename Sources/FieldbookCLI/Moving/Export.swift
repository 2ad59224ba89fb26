import ArgumentParser

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write everything for another tracker.",
    discussion: """
      Nothing here is changed. What the other has no place for goes along as tags named \
      fieldbook.…, and comes back by an import.

      Example:
        fieldbook export mlflow mlruns
      """,
    subcommands: [ExportMLflow.self])
}
