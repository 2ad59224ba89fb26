import ArgumentParser

struct Artifacts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, fetch, add or verify files of a run.",
    subcommands: [
      ListArtifacts.self, GetArtifact.self, PutArtifact.self, VerifyArtifacts.self,
    ])
}
