import ArgumentParser
import FieldbookWorkspace

struct LogArtifacts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact",
    abstract: "Record files and folders.",
    discussion: """
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
      let added = try ArtifactUpload.put(paths, into: path, of: run, workspace)
      let bytes = added.reduce(0) { $0 + $1.byteCount }
      return "\(Wording.count(added.count, "file")), \(Wording.bytes(bytes))"
    }
  }
}
