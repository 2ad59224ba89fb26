import ArgumentParser
import FieldbookModel
import FieldbookMoving

struct ImportRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Take in a run from an archive.",
    discussion: """
      One that fieldbook export wrote, .zip, .tar or .tar.gz; also one that was unpacked and \
      packed again. All of it is checked before anything is taken in. The run keeps its id: \
      twice, or on two laptops, it is one run. The word run can be left out.

      Examples:
        fieldbook import run.zip
        fieldbook import run.zip --dry-run
      """)

  @Argument(help: .init("The archive.", valueName: "file"), completion: .file()) var file: String
  @Flag(name: .long, help: "Check it, count what is in it, and take in nothing.")
  var dryRun = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let report = try common.withWorkspace { workspace, console in
      let archive = try RunArchive(AbsolutePath.of(file))
      let progress = Progress(console)
      defer { progress.clear() }
      let report =
        dryRun
        ? try Tally.of(ArchivedRun(archive))
        : try archive.take(into: workspace) { progress.update(MovingIn.line($0)) }
      progress.clear()
      console.show(MoveDocument(report: report, direction: dryRun ? .counted : .in))
      for note in report.notes { console.hint(note) }
      if !dryRun { console.next("fieldbook show \(ShortIDs.one(archive.manifest.run.hex))") }
      return report
    }
    if !dryRun, !report.isComplete { throw ExitCode(Status.failed) }
  }
}
