import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookMoving
import FieldbookWorkspace
import Foundation

struct ExportRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Write one run to a .zip, .tar or .tar.gz.",
    discussion: """
      In it: README.txt, which says what is what, run.json, params, tags and every point of \
      every metric as tables, the files, and the code, config and environment of the \
      snapshot. The word run can be left out. The same run gives the same bytes. What is known \
      and not on this replica is fetched from a remote first; without it nothing is written.

      Examples:
        fieldbook export @last run.zip
        fieldbook export @last run.zip --no-fetch   (without what is not here)
        fieldbook export run mlflow run.tar.gz      (a run that is called mlflow)
      """)

  @Argument(help: .run) var ref: String
  @Argument(
    help: .init("The file to write: .zip, .tar or .tar.gz.", valueName: "file"), completion: .file()
  )
  var file: String
  @Flag(name: .long, help: "Write over a file that is there.") var force = false
  @Flag(name: .long, help: "Ask no remote, and leave out what is not on this replica.")
  var noFetch = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    guard let form = ArchiveForm(fileName: file) else {
      throw InvalidInput(
        "'\(file)' does not say which archive it is to be",
        hint: "end the name with .zip, .tar or .tar.gz")
    }
    try await common.withWorkspaceOpen { workspace, console in
      let path = try AbsolutePath.of(file)
      if !force, FileManager.default.fileExists(atPath: path) { throw RunExport.exists(file) }
      let id = try workspace.runID(ref)
      if !noFetch { try await Fetching.bringAll(of: id, to: workspace, console) }
      let found = try RunDocument.read(id, in: workspace)
      let document = Array((found.json.text(isIndented: true) + "\n").utf8)
      let outcome = try RunExport(found.run, in: workspace, form: form, document: document)
        .write(to: path, force: force)
      if !found.run.state.status.isFinal {
        console.warning("\(found.run.name) still goes on: what it has so far was written")
      }
      let what =
        "wrote \(found.run.name), \(Wording.count(outcome.files, "file")),"
        + " \(Wording.bytes(outcome.bytes)), to "
      console.status(Phrase(what) + Phrase(file, .bold))
      for missing in outcome.missing {
        console.status(Phrase("not on this replica, and not in it: \(missing)", .yellow))
      }
      if outcome.lacksSnapshot {
        console.status(Phrase("not on this replica, and not in it: the code", .yellow))
      }
      console.next("anywhere else: fieldbook import \(file)")
      console.show(Silent(json: json(found.run, path, form, outcome)))
    }
  }

  private func json(
    _ run: Run, _ path: String, _ form: ArchiveForm, _ outcome: RunExport.Outcome
  ) -> JSON {
    [
      "run_id": .string(run.id.hex), "file": .string(path), "format": .string(form.rawValue),
      "bytes": .integer(outcome.bytes), "files": .count(outcome.files),
      "points": .integer(outcome.points), "snapshot": .bool(outcome.hasSnapshot),
      "missing": .strings(outcome.missing),
    ]
  }
}
