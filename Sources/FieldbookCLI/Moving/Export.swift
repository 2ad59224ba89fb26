import ArgumentParser

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a run to an archive, or all for a tracker.",
    discussion: """
      Nothing here is changed. An archive of a run can be opened by anybody, and taken in by \
      any workspace with fieldbook import. What another tracker has no place for goes along \
      as tags named fieldbook.…, and comes back by an import.

      Examples:
        fieldbook export @last run.zip
        fieldbook export mlflow mlruns
      """,
    subcommands: [ExportRun.self, ExportMLflow.self],
    defaultSubcommand: ExportRun.self)
}
