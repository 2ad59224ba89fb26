import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct GetArtifact: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Fetch a file or a folder of a run.",
    discussion: """
      What is known and not on this replica is fetched from a remote first.

      Examples:
        fieldbook artifacts get @last report.html
        fieldbook artifacts get @last model --out ./model
        fieldbook artifacts get @last config.yaml --out -        (to stdout)
      """)

  @Argument(help: .run) var ref: String
  @Argument(help: "A file or a folder of the run.") var path: String
  @Option(
    name: .shortAndLong,
    help: .init("Where to; - for stdout (default: its own name, here).", valueName: "file"),
    completion: .file())
  var out: String?
  @Flag(name: .long, help: "Write over files that are there.") var force = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withWorkspaceOpen { workspace, console in
      guard !path.isEmpty, out?.isEmpty != true else {
        throw InvalidInput(
          "a path is empty", hint: "name a file or folder of the run; all of it is .")
      }
      let id = try workspace.runID(ref)
      let chosen = ArtifactSelection.below(path, try workspace.artifacts(id))
      guard !chosen.isEmpty else {
        throw NoSuchEntry(what: "file", name: path, look: "fieldbook artifacts ls \(ref)")
      }
      if out == "-", chosen.count != 1 { throw FileFailure.folderToStdout(path) }
      // All have to be here before the first is written.
      let reasons = try await Fetching.bring(chosen, to: workspace, console)
      if let absent = chosen.first(where: { !workspace.contentStore.contains($0.digest) }) {
        throw NotFetched(
          what: absent.path, device: try workspace.run(id).device,
          isOwn: try Fetching.isOwn(id, workspace), reasons: reasons)
      }
      if out == "-" { return try printOut(chosen[0], workspace, console) }
      let folders = Artifact.foldersToo(chosen)
      let files = try chosen.map { artifact in
        let mark = folders.contains(artifact.path) ? Artifact.folderTooMark : ""
        return (artifact: artifact, to: try destination(of: artifact.path) + mark)
      }
      if !force, let taken = files.first(where: { FileManager.default.fileExists(atPath: $0.to) }) {
        throw FileFailure.exists(taken.to)
      }
      var batch = FileBatch()
      let places = try files.map { file in
        let place = try batch.make(file.to) { try workspace.readVerified(file.artifact, $0) }
        if place != file.to {
          console.status(FolderToo.foldedWords(file.artifact.path, writtenAs: place))
        }
        return (artifact: file.artifact, to: place)
      }
      for path in folders.sorted() { console.status(FolderToo.words(path)) }
      let bytes = files.reduce(0) { $0 + $1.artifact.byteCount }
      console.status(
        Phrase("fetched \(Wording.count(files.count, "file")), \(Wording.bytes(bytes))"))
      console.show(
        Silent(
          json: [
            "files": .array(
              try places.map {
                try $0.artifact.json.adding(["file": .string(AbsolutePath.of($0.to))])
              })
          ]))
    }
  }

  private func printOut(_ artifact: Artifact, _ workspace: Workspace, _ console: Console) throws {
    // What was written cannot be taken back: it is read once before.
    try workspace.readVerified(artifact) { _ in }
    try workspace.readVerified(artifact) { console.out.write($0) }
  }

  /// Peers chose these paths: they stay below the folder that was asked for.
  private func destination(of artifactPath: String) throws -> String {
    try Check.artifactPath(artifactPath)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let root = out ?? name
    if path == "." { return root + "/" + artifactPath }
    if artifactPath == path || artifactPath + "/" == path {
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: root, isDirectory: &isFolder)
      return isThere && isFolder.boolValue ? root + "/" + name : root
    }
    var folder = path
    while folder.hasSuffix("/") { folder.removeLast() }
    return root + "/" + artifactPath.dropFirst(folder.count + 1)
  }
}
