import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

struct Checkout: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write out a run's code, config and environment.",
    discussion: """
      The folder must not be there yet, or be empty. In it: code/ as it was when the run \
      started, config/ (what was set), environment/ (packages, machine), code.json \
      (commit, what was left out) and data.json (digests of data). What is known and not on \
      this replica is fetched from a remote first. fieldbook reproduce runs it again, too.

      Examples:
        fieldbook checkout @last ../as-it-ran
        fieldbook checkout brave-otter-12 /tmp/a --artifacts   (its files, too)
      """)

  @Argument(help: .run) var ref: String
  @Argument(help: "The new folder.", completion: .directory) var folder: String
  @Flag(name: .long, help: "The run's files as well, in artifacts/.") var artifacts = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withWorkspaceOpen { workspace, console in
      let place = try AbsolutePath.of(folder)
      let run = try workspace.runID(ref)
      let commit = try workspace.snapshotCommit(of: run)
      try await Fetching.bringSnapshot(
        of: run, with: { artifacts || $0.isCode }, to: workspace, console)
      let report = try workspace.checkout(run, to: folder)
      let files = try artifacts ? fetchArtifacts(of: run, workspace) : nil
      let document = CheckedOut(
        run: run, commit: commit, folder: place,
        report: report, artifacts: files)
      console.status(document.summary)
      for path in document.missing {
        console.status(Phrase("not on this replica: \(path) (its pointer stands there)", .yellow))
      }
      for path in files?.renamed ?? [] { console.status(FolderToo.words(path)) }
      for (path, place) in document.folded {
        console.status(FolderToo.foldedWords(path, writtenAs: place))
      }
      console.show(Silent(json: document.json))
      // A script that goes on would train on pointers.
      if !document.missing.isEmpty { throw ExitCode(Status.failed) }
    }
  }

  private func fetchArtifacts(of run: RunID, _ workspace: Workspace) throws
    -> CheckedOut.Artifacts
  {
    var fetched = CheckedOut.Artifacts()
    let all = try workspace.artifacts(run).filter { !$0.isCode }
    let folders = Artifact.foldersToo(all)
    var batch = FileBatch()
    for artifact in all {
      guard artifact.isHere else {
        fetched.missing.append("artifacts/" + artifact.path)
        continue
      }
      // Peers chose these paths: they stay below the folder.
      try Check.artifactPath(artifact.path)
      let mark = folders.contains(artifact.path) ? Artifact.folderTooMark : ""
      if !mark.isEmpty { fetched.renamed.append("artifacts/" + artifact.path) }
      let target = folder + "/artifacts/" + artifact.path + mark
      let place = try batch.make(target) { try workspace.readVerified(artifact, $0) }
      if place != target {
        fetched.folded.append(
          ("artifacts/" + artifact.path, String(place.dropFirst(folder.count + 1))))
      }
      fetched.files += 1
    }
    return fetched
  }
}

private struct CheckedOut {
  struct Artifacts {
    var files = 0
    var missing: [String] = []
    /// Folders of other files, too.
    var renamed: [String] = []
    /// Those with the name of another file, as the file system sees it, and what they are called now.
    var folded: [(String, String)] = []
  }

  var run: RunID
  var commit: GitObjectID
  var folder: String
  var report: CheckoutReport
  var artifacts: Artifacts?

  var missing: [String] { report.missing.map(\.shown) + (artifacts?.missing ?? []) }

  var folded: [(String, String)] {
    report.renamed.map { ($0.path.shown, $0.place.shown) } + (artifacts?.folded ?? [])
  }

  var summary: Phrase {
    let files = report.files + (artifacts?.files ?? 0)
    return Phrase(
      "wrote \(Wording.count(files, "file")) of snapshot \(ShortIDs.one(commit.hex)) to ")
      + Phrase(folder, .bold)
  }

  var json: JSON {
    [
      "run_id": .string(run.hex), "snapshot": .string(commit.hex), "folder": .string(folder),
      "files": .integer(Int64(report.files)),
      "artifacts": artifacts.map { .integer(Int64($0.files)) } ?? .null,
      "missing": .strings(missing),
      "renamed": .array(
        folded.map { ["path": .string($0.0), "place": .string($0.1)] }),
    ]
  }
}
