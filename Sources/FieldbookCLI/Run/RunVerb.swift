import ArgumentParser
import FieldbookExecution
import FieldbookMLflow
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct RunVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a command and capture all about it.",
    discussion: """
      Keeps the command, its output, exit status, code version, machine and Python packages. A script that uses
      MLflow records into this run unchanged. Passes on the command's exit status.

      Examples:
        fieldbook run -- python train.py
        fieldbook run --experiment churn -c config.yaml -p lr=0.1 -- python train.py --epochs 3
      """)

  @OptionGroup var opening: RunOpening
  @Option(
    name: [.customShort("c"), .customLong("config")],
    help: .init("A YAML or JSON config; its leaves become params.", valueName: "file"),
    completion: .file())
  var config: String?
  @Option(
    name: [.customShort("p"), .customLong("param")],
    help: .init("A param; may be repeated; wins over the config.", valueName: "key=value"))
  var params: [Assignment] = []
  @OptionGroup var common: CommonOptions
  @Argument(parsing: .postTerminator, help: .init("The command, after --.", valueName: "cmd"))
  var command: [String] = []

  func validate() throws {
    if command.isEmpty { throw ValidationError("there is no command to run") }
  }

  func run() async throws {
    var status = Status.runFailed
    do {
      try await common.withWorkspace { workspace, console in
        status = try await execute(workspace, console)
      }
    } catch let failure as any Failure {
      FileHandle.standardError.write(
        Data(Ending.lines(failure.message, hint: failure.hint).utf8))
      throw ExitCode(Status.runFailed)
    }
    if status != 0 { throw ExitCode(status) }
  }

  private func execute(_ workspace: Workspace, _ console: Console) async throws -> Int32 {
    try LiveRuns.recover(workspace)
    let outcome = try await RunCommand.execute(
      RunRequest(
        command: command, experiment: opening.experimentName(common.variables), name: opening.name,
        configFile: config, overrides: try params.dictionary().map { ($0.key.text, $0.value) },
        tags: try opening.tag.dictionary().map { ($0.key, $0.value) },
        parent: try opening.parent.map(workspace.runID),
        folder: FileManager.default.currentDirectoryPath, variables: common.variables,
        isStdoutTaken: common.json),
      in: workspace, server: LoopbackTracking())
    var document = try RunDocument.read(outcome.run, in: workspace)
    document.additions = [
      "exit_status": .integer(Int64(outcome.exitStatus)), "captured": .strings(outcome.captured),
      "not_captured": .strings(outcome.notCaptured),
    ]
    let short = ShortIDs.one(outcome.run.hex)
    console.status(
      Phrase("recorded run ") + Phrase(document.run.name, .bold) + Phrase(" (\(short)): ")
        + document.run.statusPhrase(isVanished: false))
    console.status(Phrase("captured: " + outcome.captured.joined(separator: ", "), .faint))
    console.status(Phrase("not captured: " + outcome.notCaptured.joined(separator: ", "), .faint))
    console.next("fieldbook show \(short)")
    if console.isJSON { console.show(document) }
    return outcome.exitStatus
  }
}

/// The MLflow endpoints on a free loopback port, for the length of one command.
struct LoopbackTracking: TrackingServerStarting {
  func start(workspace: Workspace, adopting run: RunID, token: String) async throws -> (
    url: String, stop: @Sendable () async -> Void
  ) {
    let server = TrackingServer(workspace: workspace, token: token, adopting: run)
    let ready = AsyncThrowingStream<Int, any Error>.makeStream()
    let serving = Task {
      do {
        try await server.run { port in ready.continuation.yield(port) }
      } catch {
        ready.continuation.finish(throwing: error)
      }
      ready.continuation.finish()
    }
    var bound: Int?
    for try await port in ready.stream {
      bound = port
      break
    }
    guard let bound else {
      throw InvalidInput("no loopback port could be opened", hint: "try again")
    }
    return (
      "http://127.0.0.1:\(bound)",
      {
        serving.cancel()
        _ = await serving.value
      }
    )
  }
}
