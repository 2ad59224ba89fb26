import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// A run that is ready to be done again: its code is written out, its data found, its environment made.
package struct Reproduction: Sendable {
  package private(set) var recorded: RecordedRun
  /// What was written out; the code is in `code/`.
  package private(set) var folder: String
  /// True for a folder that may go when all is well.
  package private(set) var isPassing: Bool
  package private(set) var data: [DataFinding] = []
  package private(set) var environment = EnvironmentMatch()
  /// To be executed.
  package private(set) var run: RunRequest

  private let request: ReproductionRequest
  private var command: CommandWords

  /// - Throws: `ReproductionFailure`, `SnapshotFailure`, `DataFailure`, errors of the system. Then nothing was started, and a
  ///   folder for a while is gone.
  package static func prepare(
    _ request: ReproductionRequest, in workspace: Workspace
  ) async throws -> Reproduction {
    let recorded = try RecordedRun.read(request.run, in: workspace)
    var command = CommandWords(recorded.facts.command + request.extra)
    try command.addSecrets(request.variables)
    for one in request.data where !recorded.data.contains(where: { $0.name == one.name }) {
      throw ReproductionFailure.noSuchData(one.name, known: recorded.data.map(\.name))
    }
    if request.environment == .create, recorded.packages.isEmpty {
      throw ReproductionFailure.noPackages(recorded.run.name)
    }
    let folder = try request.folder ?? makeFolder()
    var reproduction = Reproduction(recorded, request, command, folder: folder)
    try reproduction.checkFolder()
    do {
      try reproduction.writeCode(workspace)
      try reproduction.findData(workspace)
      try await reproduction.findEnvironment()
    } catch {
      // It was not there before, or empty.
      reproduction.removeFolder()
      throw error
    }
    reproduction.finishRequest()
    return reproduction
  }

  private init(
    _ recorded: RecordedRun, _ request: ReproductionRequest, _ command: CommandWords,
    folder: String
  ) {
    self.recorded = recorded
    self.request = request
    self.command = command
    self.folder = folder
    isPassing = request.folder == nil
    let top = folder + "/code"
    let place = recorded.facts.folder ?? "."
    run = RunRequest(
      command: command.words, experiment: recorded.run.experimentName, name: nil,
      overrides: [],
      tags: [(Workspace.reproducesTag, recorded.run.id.hex)], parent: nil,
      folder: place == "." ? top : top + "/" + place, variables: request.variables,
      isStdoutTaken: request.isStdoutTaken,
      origin: RunOrigin(
        run: recorded.run.id, commit: recorded.commit, large: recorded.large,
        facts: recorded.facts, root: top, parameters: recorded.parameters,
        overridden: recorded.overridden, config: recorded.config,
        configFacts: UsedConfig.facts(recorded.environment)),
      told: request.told)
  }

  private var top: String { folder + "/code" }

  /// To be called when nobody needs it any more.
  package func removeFolder() { try? FileManager.default.removeItem(atPath: folder) }

  private static func makeFolder() throws -> String {
    let temporary = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
    var template = Array((temporary + "/fieldbook-reproduce-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw SnapshotFailure.cannotWrite(temporary, reason: String(cString: strerror(errno)))
    }
    return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  // MARK: Code

  /// - Throws: `SnapshotFailure.notEmpty` for a folder of somebody's.
  private func checkFolder() throws {
    guard let found = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      guard FileManager.default.fileExists(atPath: folder) else { return }
      throw SnapshotFailure.notEmpty(folder)
    }
    guard found.isEmpty else { throw SnapshotFailure.notEmpty(folder) }
  }

  private func writeCode(_ workspace: Workspace) throws {
    request.tell("in \(folder)", false)
    for one in recorded.facts.leftOut ?? [] {
      request.tell("the snapshot left out \(one.path) (\(one.reason))", true)
    }
    if recorded.environment["config"] != nil, UsedConfig(recorded.config) == nil {
      request.tell("the config as it was used is not in the snapshot: it held a secret", true)
    }
    let report = try workspace.checkout(recorded.run.id, to: folder)
    guard report.missing.isEmpty else {
      throw ReproductionFailure.largeFiles(report.missing.map(\.shown))
    }
    for one in report.renamed {
      request.tell(
        "\(one.path.shown) has another file's name on this file system: it is \(one.place.shown)",
        true)
    }
    try PlacedData.makeFolder(recorded.facts.folder ?? ".", below: top)
  }

  // MARK: Data

  private mutating func findData(_ workspace: Workspace) throws {
    let told = request.data.map { ($0.name, DataPath.absolute($0.given, in: request.here)) }
    let search = DataSearch(
      workspace: workspace, checkout: top, root: recorded.root, here: request.here,
      told: Dictionary(told, uniquingKeysWith: { _, last in last }), progress: request.told)
    data = try recorded.data.map(search.find)
    let wrong = data.filter { [.different, .missing].contains($0.outcome) }
    guard wrong.isEmpty || request.allowsDataChange else { throw ReproductionFailure.data(wrong) }
    for finding in wrong { request.tell(finding.complaint, true) }
    for finding in data where finding.outcome == .unknown {
      request.tell(finding.complaint, true)
    }
    for finding in data { try place(finding) }
    if let root = recorded.root { command.move(root, to: top) }
  }

  /// Sees to it that the command finds the data where it lies here, and that the new run is told of it.
  private mutating func place(_ finding: DataFinding) throws {
    let path = finding.path
    var given = path
    switch finding.data.place {
    case .uri(let uri): given = path ?? uri
    case .inside(let place):
      given = place == "." ? top : top + "/" + place
      guard let path, path != given else { break }
      if let count = finding.byteCount, count <= PlacedData.copiedMax {
        try PlacedData.copy(place, below: top, from: path)
      } else {
        try PlacedData.link(place, below: top, to: path)
        request.tell(
          "data \(finding.name) is large and not copied: what the command writes there, it writes to \(path)",
          true)
      }
    case .outside(let recorded):
      // Relative paths begin elsewhere now.
      let isRelative = finding.data.given.map { !$0.hasPrefix("/") && !$0.contains("://") } ?? false
      guard let path, path != recorded || isRelative else { break }
      let names = [finding.data.given, recorded].compactMap { $0 }
      let isNamed = names.map { command.replace(path: $0, by: path) }.contains(true)
      if !isNamed, path != recorded {
        request.tell(
          "no word of the command is \(recorded): where \(finding.name) lies here, the command must know",
          true)
      }
    }
    if finding.data.wasGiven, finding.outcome != .missing, let given {
      run.data.append(GivenData(name: finding.name, given: given))
    }
  }

  // MARK: Environment

  private mutating func findEnvironment() async throws {
    let word = command.words[0]
    let recordedPython = recorded.environment["python"]
    environment.recordedPython = recordedPython
    guard recordedPython != nil || request.environment == .create else { return }
    let interpreters = Interpreters(variables: request.variables, folder: run.folder)
    let found: (program: String, facts: PythonFacts)?
    if request.environment == .create {
      found = try await rebuild(interpreters)
    } else {
      found = interpreters.atHand(
        for: word, executable: recorded.environment["python_executable"])
    }
    guard let found else { throw ReproductionFailure.noPython(recordedPython ?? "unknown") }
    if PythonFacts.isInterpreter(word) { command.replace(0, by: found.program) }
    environment.python = found.facts.version
    environment.executable = found.facts.executable
    environment.differing = PackageDifference.between(
      recorded.packages, RequiredPackage.read(found.facts.packages.joined(separator: "\n")))
    environment.otherFiles = PackageHash.otherFiles(recorded.hashes, found.facts.hashes)
    tellEnvironment()
  }

  private mutating func rebuild(_ interpreters: Interpreters) async throws
    -> (program: String, facts: PythonFacts)?
  {
    let minor = recorded.environment["python"].flatMap(PythonFacts.minor)
    guard let base = interpreters.base(minor: minor) else { return nil }
    let rebuild = PythonRebuild(
      folder + "/python", variables: request.variables, told: request.progress)
    let lacks = try await rebuild.make(
      with: base.program, recorded.packages, hashes: recorded.hashes)
    environment.unavailable = lacks.map { ($0.package, $0.reason) }
    run.variables["VIRTUAL_ENV"] = rebuild.folder
    run.variables["PATH"] =
      rebuild.folder + "/bin:" + (request.variables["PATH"] ?? "/usr/bin:/bin")
    run.variables["PYTHONHOME"] = nil
    moveTool(to: rebuild.folder)
    return Interpreters(variables: run.variables, folder: run.folder).atHand(for: rebuild.python)
  }

  /// `/home/ana/.venv/bin/torchrun` is one of the environment's programs, and so is ours.
  private mutating func moveTool(to place: String) {
    let word = command.words[0]
    guard word.contains("/"), !PythonFacts.isInterpreter(word) else { return }
    let own = place + "/bin/" + (word as NSString).lastPathComponent
    if FileManager.default.isExecutableFile(atPath: own) { command.replace(0, by: own) }
  }

  private func tellEnvironment() {
    if let old = environment.recordedPython, let new = environment.python, old != new {
      request.tell("Python is \(new), the run had \(old)", true)
    }
    for one in environment.unavailable {
      request.tell("\(one.package.line) could not be had: \(one.reason)", true)
    }
    let lacking = Set(environment.unavailable.map(\.package.key))
    for one in environment.differing
    where RequiredPackage(one.name + "==0").map({ !lacking.contains($0.key) }) ?? true {
      request.tell("\(one.words) here", true)
    }
    if !environment.otherFiles.isEmpty {
      let names = environment.otherFiles.map { "\($0.name) \($0.version)" }
      let more = names.count > 8 ? " and \(names.count - 8) more" : ""
      request.tell(
        "of the same version, with other files here: \(names.prefix(8).joined(separator: ", "))\(more)",
        true)
    }
  }

  // MARK: The run

  private mutating func finishRequest() {
    for change in command.changes {
      let words = [change.from, change.to].map { SecretMasking.mask($0).masked }
      request.tell("instead of \(words[0]): \(words[1])", false)
    }
    run.command = command.words
    let shown = SecretMasking.maskArguments(command.words).masked.joined(separator: " ")
    let author = recorded.run.user.map { ", recorded by \($0)" } ?? ""
    request.tell("runs: \(shown)\(author)", false)
    for name in run.variables.keys where name.hasPrefix(CommandWords.secretVariable) {
      run.variables[name] = nil
    }
    for name in Capture.decisive {
      let value = recorded.environment[Capture.variablePrefix + name]
      if value?.contains(SecretMasking.mark) != true { run.variables[name] = value }
    }
  }
}
