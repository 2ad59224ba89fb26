import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ListArtifacts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List the files of a run.",
    discussion: """
      Example:
        fieldbook artifacts ls @last model
      """)

  @Argument(help: .run) var ref: String
  @Argument(help: "Only this file, or what is below this folder.") var path: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let artifacts = try workspace.artifacts(workspace.runID(ref))
      console.show(ArtifactList(artifacts: ArtifactSelection.below(path, artifacts)))
    }
  }
}

struct ArtifactList: Document {
  var artifacts: [Artifact]

  var json: JSON { ["artifacts": .array(artifacts.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    guard !artifacts.isEmpty else { return sheet.line("no files") }
    var table = ArtifactTable.empty
    for artifact in artifacts { ArtifactTable.add(artifact, to: &table) }
    sheet.table(table)
  }
}

enum ArtifactSelection {
  /// The file `path`, or all below the folder `path`; all for nil.
  static func below(_ path: String?, _ artifacts: [Artifact]) -> [Artifact] {
    guard var path, !path.isEmpty, path != "." else { return artifacts }
    while path.hasSuffix("/") { path.removeLast() }
    return artifacts.filter { $0.path == path || $0.path.hasPrefix(path + "/") }
  }
}
