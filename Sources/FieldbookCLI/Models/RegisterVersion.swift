import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct RegisterVersion: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Register a run's model as a new version.",
    discussion: """
      Makes the model if it is new. Without --artifact the version is the model that the \
      run logged last, else all files of the run.

      Examples:
        fieldbook models register churn --run @last
        fieldbook models register churn --run a3f91c02 --artifact model
      """)

  @Argument(help: "The model's name.") var name: String
  @Option(name: .customLong("run"), help: .run) var ref: String
  @Option(
    name: .long, help: .init("A file, a folder or a logged model of the run.", valueName: "path"))
  var artifact: String?
  @Option(name: .long, help: .init("What this version is about.", valueName: "text"))
  var description: String?
  @Option(name: .long, help: .init("May be repeated.", valueName: "key=value"))
  var tag: [Assignment] = []
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let run = try workspace.run(workspace.runID(ref))
      let source = try VersionSource.of(run, artifact: artifact, in: workspace)
      let version = try workspace.createVersion(
        of: try ensureModel(workspace), source: source, run: run.id, description: description,
        tags: try tag.dictionary(), durability: .person)
      console.status(
        Phrase("registered \(name) \(version.label)", .bold) + Phrase(" from run \(run.name)")
          + (version.finalNumber == nil
            ? Phrase(", provisional until the hub has seen it") : ""))
      console.hint("give it a name: fieldbook models alias \(name) champion \(version.label)")
      console.show(
        Silent(
          json: [
            "name": .string(name), "version": .string(version.label),
            "final": .bool(version.finalNumber != nil), "run_id": .string(run.id.hex),
            "source": .string(version.source),
          ]))
    }
  }

  private func ensureModel(_ workspace: Workspace) throws -> ModelID {
    do {
      return try workspace.model(named: name).id
    } catch WorkspaceFailure.notFound {
      return try workspace.createModel(
        named: name, description: nil, tags: [:], durability: .person)
    }
  }
}

/// Where a version's files are, in the words of MLflow's clients.
enum VersionSource {
  static func of(_ run: Run, artifact: String?, in workspace: Workspace) throws -> String {
    if let artifact {
      if let model = try loggedModels(run, workspace).last(where: { $0.name == artifact }) {
        return "models:/" + model.id.modelText
      }
      guard !ArtifactSelection.below(artifact, run.artifacts).isEmpty else {
        throw NoSuchEntry(
          what: "file or logged model", name: artifact,
          look: "fieldbook show \(ShortIDs.one(run.id.hex))")
      }
      return root(run) + "/" + artifact
    }
    if let model = try loggedModels(run, workspace).last {
      return "models:/" + model.id.modelText
    }
    // A folder with this file is a model to MLflow's loaders.
    let folders = run.artifacts.filter { $0.path.hasSuffix("/MLmodel") }
      .map { String($0.path.dropLast("/MLmodel".count)) }
    return folders.count == 1 ? root(run) + "/" + folders[0] : root(run)
  }

  /// Oldest first.
  private static func loggedModels(_ run: Run, _ workspace: Workspace) throws -> [LoggedModel] {
    try run.modelOutputs.map { try workspace.loggedModel($0.model) }
      .sorted { $0.createdTime < $1.createdTime }
  }

  private static func root(_ run: Run) -> String {
    "mlflow-artifacts:/\(run.experiment.decimal)/\(run.id.hex)/artifacts"
  }
}
