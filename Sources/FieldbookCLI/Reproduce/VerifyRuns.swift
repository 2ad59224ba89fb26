import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct VerifyRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that a second run gave what the first did.",
    discussion: """
      Compares params, datasets by digest, every point of every metric, files by hash, and \
      code. Logs, packages, the machine and system/ metrics are told where they differ, and \
      do not count. Ends with status 4 if something differs beyond the tolerance.

      Examples:
        fieldbook verify baseline @last
        fieldbook verify a3f9 77aa --tolerance 1e-6
        fieldbook verify a3f9 77aa --tolerance 0.1% --tolerance acc=0.01
      """)

  @Argument(help: .init("The first run.", valueName: "a")) var first: String
  @Argument(help: .init("The run to check against it.", valueName: "b")) var second: String
  @OptionGroup var nearness: ToleranceOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let isVerified = try common.withWorkspace { workspace, console in
      let tolerance = try nearness.metrics()
      let (one, other) = (try workspace.runID(first), try workspace.runID(second))
      guard one != other else {
        throw InvalidInput(
          "both are the same run", hint: "name the run and the one that repeats it")
      }
      let verification = try workspace.verification(of: one, and: other, tolerance: tolerance)
      if let idle = verification.idleTolerances.first {
        throw InvalidInput(
          "neither run has a metric '\(idle)'",
          hint: "see their metrics with: fieldbook compare \(first) \(second)")
      }
      console.show(VerificationDocument(verification: verification))
      for run in verification.unfinished {
        console.warning("\(run.name) still goes on: what it has so far was compared")
      }
      if !verification.hasResults {
        console.warning("neither metrics nor files of both could be compared")
      }
      return verification.isVerified
    }
    if !isVerified { throw ExitCode(Status.differences) }
  }
}
