import ArgumentParser
import FieldbookModel
import FieldbookMoving
import FieldbookWorkspace

/// What every import does around its source.
struct MovingIn {
  var common: CommonOptions
  var isDryRun: Bool

  /// - Throws: `ExitCode` 1 when something that was there is not here.
  func run(_ open: () throws -> any Source) throws {
    let report = try common.withWorkspace { workspace, console in
      let source = try open()
      let progress = Progress(console)
      defer { progress.clear() }
      let report =
        isDryRun
        ? try Tally.of(source)
        : try Intake.run(source, into: workspace) { progress.update(MovingIn.line($0)) }
      progress.clear()
      console.show(MoveDocument(report: report, direction: isDryRun ? .counted : .in))
      for note in report.notes { console.hint(note) }
      return report
    }
    if !isDryRun, !report.isComplete { throw ExitCode(Status.failed) }
  }

  static func line(_ census: Census) -> String {
    "\(Wording.count(census[.runs], "run")), \(Wording.count(census[.points], "point")),"
      + " \(Wording.count(census[.files], "file"))"
  }
}
