import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct PutArtifact: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put",
    abstract: "Add files to a run.",
    discussion: """
      Of a folder, files that a .fieldbookignore (git's syntax) names are left out.

      Example:
        fieldbook artifacts put @last report.html --path docs
      """)

  @Argument(help: .run) var ref: String
  @Argument(help: "Files or folders.", completion: .file()) var paths: [String]
  @Option(name: .long, help: .init("A folder of the run to put them in.", valueName: "folder"))
  var path: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let id = try workspace.runID(ref)
      let upload = try ArtifactUpload.put(paths, into: path, of: id, workspace)
      upload.tellLeftOut(console)
      let added = upload.added
      let bytes = added.reduce(0) { $0 + $1.byteCount }
      console.status(
        Phrase("added \(Wording.count(added.count, "file")), \(Wording.bytes(bytes))"))
      console.show(
        Silent(json: [
          "artifacts": .array(added.map(\.json)), "left_out": .strings(upload.leftOut.sorted()),
          "skipped": .skipped(upload),
        ]))
    }
  }
}
