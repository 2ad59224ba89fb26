import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// Starts the endpoints that a child's MLflow client talks to. Their module is a sibling of this one: the caller
/// brings it.
package protocol TrackingServerStarting: Sendable {
  /// - Returns: the address, and what stops it.
  func start(workspace: Workspace, adopting run: RunID, token: String) async throws -> (
    url: String, stop: @Sendable () async -> Void
  )
}

package struct RunRequest: Sendable {
  package var command: [String]
  package var experiment: String
  package var name: String?
  /// Files, or configs of the team; later ones win.
  package var configs: [String]
  /// As `ConfigOverride` takes them: what stands before `=`, and what behind it.
  package var overrides: [(String, String)]
  package var tags: [(EntryKey, String)]
  package var parent: RunID?
  package var folder: String
  package var variables: [String: String]
  /// With `--json` the child's stdout goes to stderr.
  package var isStdoutTaken: Bool
  package var data: [GivenData]
  /// The run that this one does again; nil for all others.
  package var origin: RunOrigin?
  /// How far the reading of data has come: its name, and the figures.
  package var told: @Sendable (String, DataProgress) -> Void
  /// Called when data has been read, and nothing more is told for a while.
  package var toldAll: @Sendable () -> Void

  package init(
    command: [String], experiment: String, name: String?, configs: [String] = [],
    overrides: [(String, String)], tags: [(EntryKey, String)], parent: RunID?, folder: String,
    variables: [String: String], isStdoutTaken: Bool, data: [GivenData] = [],
    origin: RunOrigin? = nil,
    told: @escaping @Sendable (String, DataProgress) -> Void = { _, _ in },
    toldAll: @escaping @Sendable () -> Void = {}
  ) {
    self.command = command
    self.experiment = experiment
    self.name = name
    self.configs = configs
    self.overrides = overrides
    self.tags = tags
    self.parent = parent
    self.folder = folder
    self.variables = variables
    self.isStdoutTaken = isStdoutTaken
    self.data = data
    self.origin = origin
    self.told = told
    self.toldAll = toldAll
  }
}

package struct RunOutcome: Sendable {
  package var run: RunID
  package var exitStatus: Int32
  package var captured: [String]
  package var notCaptured: [String]
}

/// Runs a command and records all about it.
package enum RunCommand {
  package static func execute(
    _ request: RunRequest, in workspace: Workspace, server: some TrackingServerStarting
  ) async throws -> RunOutcome {
    // A wrong setting is told before anything runs, not found missing afterwards.
    _ = try SnapshotSettings.limits(request.variables)
    _ = try SystemMetrics.interval(request.variables)
    // As is data that cannot be read.
    let data = try UsedData.take(
      request.data, in: request.folder, workspace, passing: request.origin?.root,
      told: request.told)
    request.toldAll()
    var capture = Capture.of(
      request.command, folder: request.folder, variables: request.variables,
      code: request.origin?.facts.environment)
    capture.data = data
    capture.captured += data.map(\.words)
    capture.notCaptured += data.filter { $0.version == nil }.map {
      "the content of data \($0.name) (it is a URI)"
    }
    let config = try capture.addConfig(request, in: workspace)
    let parameters = try EntryKeys.dictionary(capture.parameters)
    var tags = try EntryKeys.dictionary(capture.tags.map { ($0.key, $0.value) })
    for (key, value) in request.tags { tags[key] = capture.masked(value, named: key) }
    let run = try workspace.createRun(
      RunDraft(
        experiment: try workspace.ensureExperiment(named: request.experiment, durability: .person),
        name: request.name, parent: request.parent, parameters: parameters, tags: tags,
        environment: capture.environment), durability: .person)
    try LiveRuns.begin(workspace, run)
    for (path, bytes) in capture.artifacts {
      capture.attempt(path) { _ in
        _ = try workspace.putArtifact(run, path: path, bytes: bytes)
      }
    }
    if SnapshotSettings.isOn(request.variables) {
      let isTaken = capture.attempt("code") { capture in
        try capture.takeSnapshot(of: run, request, parameters: parameters, workspace)
      }
      if isTaken { capture.dirtyNames = nil }
    } else {
      capture.notCaptured.append("code (no snapshot is wanted)")
    }
    if let names = capture.dirtyNames { capture.notCaptured.append(names) }
    if !data.isEmpty {
      capture.attempt("data") { _ in
        try workspace.addDatasets(run, data.map(\.dataset), durability: .person)
      }
    }
    let token = Hex.encode(workspace.environment.random(16))
    let (url, stop) = try await server.start(workspace: workspace, adopting: run, token: token)
    var environment = request.variables
    environment["MLFLOW_TRACKING_URI"] = url
    environment["MLFLOW_TRACKING_TOKEN"] = token
    environment["FIELDBOOK_RUN_ID"] = run.hex
    environment["FIELDBOOK_DIR"] = workspace.dir
    if let config { environment["FIELDBOOK_CONFIG"] = try LiveRuns.write(config, workspace, run) }
    if environment["PYTHONUNBUFFERED"] == nil { environment["PYTHONUNBUFFERED"] = "1" }
    let child = ChildProcess(
      command: request.command, folder: request.folder, environment: environment,
      stdoutCopy: RunOutput.stdout.file(run, in: workspace),
      stderrCopy: RunOutput.stderr.file(run, in: workspace),
      stdoutTarget: request.isStdoutTaken ? .standardError : .standardOutput)
    var metrics: Task<Void, Never>?
    capture.attempt("system metrics") { _ in
      metrics = try SystemMetrics.start(workspace, run, request.variables)
    }
    let logged = LoggedData(
      workspace, run, folder: request.folder, told: request.told)
    let watch = logged.watch()
    let (status, lost) = try await child.runTelling()
    watch.cancel()
    metrics?.cancel()
    await metrics?.value
    await stop()
    capture.notCaptured += lost
    let end = Timestamp(milliseconds: workspace.environment.now())
    // First of all how it ended: that needs the least room, and nothing after it may take it away.
    let isFinished = capture.attempt("exit status") { _ in
      try finish(run, status, at: end, workspace)
    }
    if !isFinished { LiveRuns.noteEnd(workspace, run, status: status, time: end) }
    let isKept = capture.attempt("output") { capture in
      capture.captured += try LiveRuns.keepOutput(of: run, workspace)
    }
    // What is missing yet is taken in by a later command, as for a run that was killed.
    if isFinished && isKept { LiveRuns.end(workspace, run) }
    if isFinished { capture.captured.append("exit status") }
    // All else is safe: who has no patience for much data may end us.
    Spawn.giveBackSignals()
    await watch.value
    let isKilled = status > 128
    let (seen, unseen) = await logged.finish(isLooking: !isKilled)
    capture.captured += seen
    capture.notCaptured += unseen
    for one in data where one.version != nil {
      if isKilled {
        capture.notCaptured.append("whether data \(one.name) changed (the command was killed)")
      } else {
        capture.recheck(one, request, workspace)
      }
    }
    request.toldAll()
    return RunOutcome(
      run: run, exitStatus: status, captured: capture.captured, notCaptured: capture.notCaptured)
  }

  /// A script that ended its own run keeps its word, unless it then failed.
  static func finish(_ run: RunID, _ status: Int32, at end: Timestamp, _ workspace: Workspace)
    throws
  {
    let state = try workspace.run(run).state
    let own: RunStatus = status == 0 ? .finished : status > 128 ? .killed : .failed
    if state.status.isFinal && (status == 0 || state.status != .finished) {
      try workspace.barrier()
      return
    }
    try workspace.setState(run, RunState(status: own, endTime: end), durability: .person)
    try workspace.setTag(
      run.key, EntryKey("fieldbook.exit_status"), String(status), durability: .person)
  }
}

extension Capture {
  /// Goes on where it fails, and tells; false then.
  @discardableResult
  fileprivate mutating func attempt(_ what: String, _ body: (inout Capture) throws -> Void) -> Bool
  {
    do {
      try body(&self)
      return true
    } catch {
      let reason = (error as? any Failure)?.message ?? SystemReason.words(error)
      notCaptured.append("\(what) (\(reason))")
      return false
    }
  }

  /// Tells of data that is not any more what the command found.
  fileprivate mutating func recheck(
    _ used: UsedData, _ request: RunRequest, _ workspace: Workspace
  ) {
    guard let version = used.version,
      let given = request.data.first(where: { $0.name == used.name })
    else { return }
    do {
      let again = try UsedData.take(
        [given], in: request.folder, workspace, passing: request.origin?.root,
        told: request.told)[0]
      guard let later = again.version, later.digest != version.digest else { return }
      notCaptured.append(
        "data \(used.name) as it is now (it changed while the command ran:"
          + " \(version.digestText) before, \(later.digestText) after)")
    } catch {
      let reason = (error as? any Failure)?.message ?? SystemReason.words(error)
      notCaptured.append("whether data \(used.name) changed while the command ran (\(reason))")
    }
  }

  /// The value as it may be written down; what it hides is told.
  mutating func masked(_ value: String, named key: EntryKey) -> String {
    let (masked, found) = SecretMasking.mask(value, named: key.text)
    notCaptured += found.filter { !notCaptured.contains($0) }
    return masked
  }
}

enum EntryKeys {
  static func dictionary(_ pairs: [(String, String)]) throws -> [EntryKey: String] {
    var out: [EntryKey: String] = [:]
    for (key, value) in pairs { out[try EntryKey(key)] = value }
    return out
  }
}
