import ArgumentParser

struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Registered models, their versions and aliases.",
    discussion: """
      A VERSION is a final number (7), a provisional one (7~a3f91c02) or the integer that an \
      MLflow client was given. A version is provisional until the hub has seen it.

      Examples:
        fieldbook models
        fieldbook models register churn --run @last
        fieldbook models alias churn champion 7
      """,
    subcommands: [
      ListModels.self, ShowModel.self, RegisterVersion.self, SetAlias.self, RemoveAlias.self,
      LeaseNumbers.self,
    ],
    defaultSubcommand: ListModels.self)
}
