import ArgumentParser
import FieldbookDocuments
import FieldbookExecution
import FieldbookMLflow
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct RunVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a command and capture all about it.",
    usage: "fieldbook run [<options>] -- <command> ...",
    discussion: """
      Records the command, its output and exit status, code, packages and machine, and what \
      the command itself logs with MLflow. The command sees MLFLOW_TRACKING_URI, \
      MLFLOW_TRACKING_TOKEN and FIELDBOOK_RUN_ID; with -c also FIELDBOOK_CONFIG, a file with \
      the config as it is recorded. Its exit status is passed on; 125 means that \
      Fieldbook itself failed.

      Examples:
        fieldbook run -- python train.py --epochs 20
        fieldbook run -e churn -n baseline -c config.yaml -p lr=0.1 -- ./train.sh
        fieldbook run --data data/train.csv --data cats=/mnt/cats -- ./train.sh
        fieldbook run -c base.yaml -p model.depth=3 -p '~dropout' -- ./train.sh
        fieldbook checkout @last ../as-it-ran          (the project as it was)
      """)

  @OptionGroup var opening: RunOpening

  @Option(
    name: .shortAndLong,
    help: .init(
      "A YAML or JSON file, or a config of the team, recorded as params. May be repeated: later ones win.",
      valueName: "config"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var config: [String] = []

  @Option(
    name: [.customShort("p"), .customLong("param")],
    help: .init(
      "A param, over what the config says: a.b=1, +new=1, ~gone; may be repeated.",
      valueName: "key=value"))
  var params: [OverrideWord] = []

  @Option(
    name: .long,
    help: .init(
      "A file or folder that the command reads; its digest is recorded. May be repeated.",
      valueName: "[name=]path"),
    completion: .file())
  var data: [String] = []

  @Flag(
    name: .long, inversion: .prefixedNo,
    help: "Keep the project's files as they are now, in the replica's git repository.")
  var snapshot = true

  @Argument(parsing: .postTerminator, help: "What to run, after --.")
  var command: [String] = []

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !command.isEmpty else { throw ValidationError("there is no command to run") }
  }

  func run() async throws {
    let status = try await common.withWorkspaceOpen { workspace, console in
      try LiveRuns.recover(workspace)
      let outcome = try await RunCommand.execute(
        request(workspace, DataProgressLine(console)), in: workspace, server: ChildTracking())
      let document = RunDocument(
        run: try workspace.run(outcome.run), isVanished: false, additions: outcome.json)
      outcome.report(document.run, console)
      console.next("fieldbook show \(ShortIDs.one(outcome.run.hex))")
      tellMove(of: document.run, console)
      if console.isJSON { console.show(document) }
      return outcome.exitStatus
    }
    if status != 0 { throw ExitCode(status) }
  }

  private func request(_ workspace: Workspace, _ line: DataProgressLine) throws -> RunRequest {
    var variables = common.variables
    if !snapshot { variables["FIELDBOOK_SNAPSHOT"] = "off" }
    return RunRequest(
      command: command, experiment: opening.experimentName(common.variables), name: opening.name,
      configs: config, overrides: params.map { ($0.key, $0.value) },
      tags: try opening.tag.entries(), parent: try opening.parent.map(workspace.runID),
      folder: FileManager.default.currentDirectoryPath, variables: variables,
      isStdoutTaken: common.json, data: try GivenData.read(data),
      told: { line.update($0, $1) }, toldAll: { line.clear() })
  }

  /// A script's `set_experiment` is later than our `--experiment`, and so decides.
  private func tellMove(of run: Run, _ console: Console) {
    let told = opening.experimentName(common.variables)
    guard let words = RunVerb.moveWords(told: told, ended: run.experimentName) else { return }
    console.status(Phrase(words, .yellow))
  }

  /// Nil when the run is where it was opened.
  static func moveWords(told: String, ended: String) -> String? {
    told == ended ? nil : "it is in experiment '\(ended)', which the script chose, not in '\(told)'"
  }
}

extension RunOutcome {
  /// What a person is told when the command has ended.
  func report(_ run: Run, _ console: Console) {
    let took = run.durationMilliseconds.map { ", " + Wording.duration(milliseconds: $0) } ?? ""
    console.status(
      Phrase("run ") + Phrase(run.name, .bold) + Phrase(" (\(ShortIDs.one(run.id.hex))) ")
        + run.statusPhrase(isVanished: false)
        + Phrase(", exit status \(exitStatus)\(explanation)\(took)"))
    console.status(
      Phrase("captured: ", .faint)
        + Phrase((captured + run.recordedWords).joined(separator: ", ")))
    console.status(
      Phrase("not captured: ", .faint)
        + Phrase(notCaptured.isEmpty ? "nothing" : notCaptured.joined(separator: ", ")))
  }

  var json: JSON {
    [
      "exit_status": .integer(Int64(exitStatus)), "captured": .strings(captured),
      "not_captured": .strings(notCaptured),
    ]
  }

  /// What a status means that the command did not choose.
  fileprivate var explanation: String {
    switch exitStatus {
    case 126: " (the command cannot be executed)"
    case 127: " (the command was not found)"
    case 129...: " (signal \(exitStatus - 128))"
    default: ""
    }
  }
}

extension Run {
  /// What the command logged by itself.
  fileprivate var recordedWords: [String] {
    [
      (parameters.count, "param"), (metrics.count, "metric"),
      (artifacts.count, "file"), (modelOutputs.count, "model"),
    ].filter { $0.0 > 0 }.map { Wording.count($0.0, $0.1) }
  }
}
