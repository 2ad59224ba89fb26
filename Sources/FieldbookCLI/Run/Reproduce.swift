import ArgumentParser
import FieldbookDocuments
import FieldbookExecution
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Reproduce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do a run again: its code, data, packages and command.",
    usage: "fieldbook reproduce <run> [<options>] [-- <word> ...]",
    discussion: """
      Writes the run's snapshot into a fresh folder, checks that the data is what it was, and \
      runs the same command there, with the variables that were recorded (PYTHONHASHSEED, \
      ...). The new run is recorded as by fieldbook run, with the tag fieldbook.reproduces. \
      Its exit status is passed on; 1 means that nothing was started, 125 that Fieldbook failed \
      later.

      Examples:
        fieldbook reproduce brave-otter-12
        fieldbook reproduce a3f9 --env create --data images=/mnt/cats
        fieldbook reproduce a3f9 --into ../again -- --epochs 1    (words added)
      """)

  @Argument(help: .run) var ref: String

  @Option(
    name: .long,
    help: .init(
      "Packages: reuse (the Python at hand; what differs is named) or create (a new environment).",
      valueName: "how"))
  var env = ReproductionRequest.Environment.reuse

  @Flag(name: .long, help: "Go on although data is another, or is missing.")
  var allowDataChange = false

  @Option(
    name: .long, help: .init("Where data lies here; may be repeated.", valueName: "name=path"),
    completion: .file())
  var data: [Assignment] = []

  @Option(
    name: [.customLong("into")],
    help: .init(
      "A new folder to work in, which stays (default: one for a while).", valueName: "dir"),
    completion: .directory)
  var into: String?

  @Flag(name: .long, help: "Keep the folder. It is kept as well if the command fails.")
  var keep = false

  @Argument(parsing: .postTerminator, help: "Words that are added to the command, after --.")
  var extra: [String] = []

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let status = try await common.withWorkspaceOpen { workspace, console in
      try LiveRuns.recover(workspace)
      let id = try workspace.runID(ref)
      try await Fetching.bringSnapshot(of: id, with: \.isCode, to: workspace, console)
      let line = DataProgressLine(console)
      let reproduction = try await Reproduction.prepare(
        request(id, console, line), in: workspace)
      line.clear()
      var request = reproduction.run
      request.toldAll = { line.clear() }
      let outcome: RunOutcome
      do {
        outcome = try await RunCommand.execute(request, in: workspace, server: ChildTracking())
      } catch {
        throw RecordingFailed(reason: error)
      }
      let isKept = keep || !reproduction.isPassing || outcome.exitStatus != 0
      if !isKept { reproduction.removeFolder() }
      let run = try workspace.run(outcome.run)
      outcome.report(run, console)
      console.status(
        Phrase(isKept ? "kept: " : "removed: ", .faint) + Phrase(reproduction.folder))
      let first = ShortIDs.one(reproduction.recorded.run.id.hex)
      console.next("fieldbook verify \(first) \(ShortIDs.one(run.id.hex))")
      if console.isJSON {
        console.show(
          RunDocument(
            run: run, isVanished: false,
            additions: outcome.json.adding(reproduction.json(isKept: isKept))))
      }
      return outcome.exitStatus
    }
    if status != 0 { throw ExitCode(status) }
  }

  private func request(
    _ run: RunID, _ console: Console, _ line: DataProgressLine
  ) throws -> ReproductionRequest {
    try ReproductionRequest(
      run: run, environment: env, allowsDataChange: allowDataChange,
      data: data.map { GivenData(name: $0.key, given: $0.value) },
      folder: into.map(AbsolutePath.of), extra: extra,
      here: FileManager.default.currentDirectoryPath, variables: common.variables,
      isStdoutTaken: common.json,
      tell: { words, isWarning in
        line.clear()
        console.status(Phrase(words, isWarning ? .yellow : .faint))
      }, told: { line.update($0, $1) }, progress: { line.say($0) })
  }
}

extension ReproductionRequest.Environment: ExpressibleByArgument {}

extension Reproduction {
  /// What `reproduce` adds to a RUN.
  func json(isKept: Bool) -> JSON {
    [
      "reproduces": .string(recorded.run.id.hex),
      "folder": isKept ? .string(folder) : .null,
      "left_out": .array(
        (recorded.facts.leftOut ?? []).map {
          ["path": .string($0.path), "reason": .string($0.reason)]
        }),
      "python": [
        "recorded": .optional(environment.recordedPython), "used": .optional(environment.python),
        "executable": .optional(environment.executable),
        "differing": .array(
          environment.differing.map {
            [
              "name": .string($0.name), "recorded": .string($0.recorded),
              "here": .optional($0.here),
            ]
          }),
        "other_files": .array(
          environment.otherFiles.map { ["name": .string($0.name), "version": .string($0.version)] }),
        "unavailable": .array(
          environment.unavailable.map {
            ["package": .string($0.package.line), "reason": .string($0.reason)]
          }),
      ],
      "data": .array(
        data.map { finding in
          [
            "name": .string(finding.name), "outcome": .string(finding.outcome.rawValue),
            "path": .optional(finding.path), "recorded": .digest(finding.data.digest),
            "here": .digest(finding.here),
          ]
        }),
    ]
  }
}

extension JSON {
  fileprivate static func digest(_ digest: ContentDigest?) -> JSON {
    .optional(digest.map { "sha256:" + $0.hex })
  }
}
