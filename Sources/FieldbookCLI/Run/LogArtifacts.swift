import ArgumentParser
import FieldbookWorkspace

struct LogArtifacts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact",
    abstract: "Record files and folders.",
    discussion: """
      Of a folder, files that a .fieldbookignore (git's syntax) names are left out.

      Example:
        fieldbook log artifact report.html plots --path docs
      """)

  @Argument(help: "Files or folders.", completion: .file()) var paths: [String]
  @Option(name: .long, help: .init("A folder of the run to put them in.", valueName: "folder"))
  var path: String?
  @OptionGroup var choice: RunChoice
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.record(into: choice) { workspace, run in
      let upload = try ArtifactUpload.put(paths, into: path, of: run, workspace)
      upload.tellLeftOut(common.console)
      let added = upload.added
      let bytes = added.reduce(0) { $0 + $1.byteCount }
      return "\(Wording.count(added.count, "file")), \(Wording.bytes(bytes))"
    }
  }
}
