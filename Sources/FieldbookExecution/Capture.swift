import FieldbookModel
import FieldbookRepository
import Foundation

/// What is known of a command before it runs: machine, code, environment.
package struct Capture: Sendable {
  package var environment: [String: String] = [:]
  package var parameters: [(String, String)] = []
  /// Names of params that the command line set.
  package var overridden: Set<String> = []
  package var tags: [String: String] = [:]
  package var artifacts: [(path: String, bytes: [UInt8])] = []
  /// What a person is told.
  package var captured: [String] = []
  package var notCaptured: [String] = []
  /// What is not captured of changed files, unless a snapshot holds them.
  package var dirtyNames: String?

  /// The data that the command was told to use.
  var data: [UsedData] = []

  /// - Parameter code: what is known of the code's commit already; nil: git is asked.
  package static func of(
    _ command: [String], folder: String, variables: [String: String], code: [String: String]? = nil
  ) -> Capture {
    var capture = Capture()
    let (words, secrets) = SecretMasking.maskArguments(command)
    capture.environment["command"] = words.joined(separator: " ")
    capture.environment["folder"] = folder
    capture.tags["mlflow.source.name"] = source(of: words)
    capture.tags["mlflow.source.type"] = "LOCAL"
    capture.captured.append("command")
    if !secrets.isEmpty {
      capture.notCaptured.append("in the arguments: " + secrets.joined(separator: ", "))
    }
    capture.machine()
    if let code {
      capture.environment.merge(code) { $1 }
      capture.tags["mlflow.source.git.commit"] = code["git_commit"]
    } else {
      capture.code(in: folder)
    }
    capture.python(command, in: folder, variables: variables)
    capture.systemPackages(variables)
    capture.allowedVariables(variables)
    return capture
  }

  /// The script or module that an interpreter is given, else the program.
  private static func source(of words: [String]) -> String {
    let endings = [".py", ".sh", ".R", ".jl"]
    let script = words.dropFirst().first { word in endings.contains(where: word.hasSuffix) }
    let module = words.firstIndex(of: "-m").flatMap { words.dropFirst($0 + 1).first }
    return script ?? module ?? words.first ?? ""
  }

  private mutating func machine() {
    environment["host"] = ProcessInfo.processInfo.hostName
    let release = Capture.text("/etc/os-release").split(separator: "\n")
      .first { $0.hasPrefix("PRETTY_NAME=") }
    environment["os"] = release.map { $0.dropFirst(12).trimmingCharacters(in: ["\""]) } ?? "Linux"
    environment["kernel"] = Capture.text("/proc/sys/kernel/osrelease")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let cpu = Capture.text("/proc/cpuinfo").split(separator: "\n").first {
      $0.hasPrefix("model name")
    }
    environment["cpu"] = cpu.flatMap { $0.split(separator: ":").last }
      .map { $0.trimmingCharacters(in: .whitespaces) }
    environment["cpu_count"] = String(ProcessInfo.processInfo.processorCount)
    environment["memory_bytes"] = String(ProcessInfo.processInfo.physicalMemory)
    captured.append("machine")
    let gpus =
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/driver/nvidia/gpus"))?.sorted()
      ?? []
    let names = gpus.compactMap { gpu in
      Capture.text("/proc/driver/nvidia/gpus/\(gpu)/information").split(separator: "\n")
        .first { $0.hasPrefix("Model:") }
        .map { $0.dropFirst(6).trimmingCharacters(in: .whitespaces) }
    }
    if names.isEmpty {
      notCaptured.append("GPU (none found)")
    } else {
      environment["gpu"] = names.joined(separator: ", ")
      captured.append("GPU")
    }
  }

  private mutating func code(in folder: String) {
    do {
      guard let state = try GitInspection.state(of: folder) else {
        notCaptured.append("git commit (no repository here)")
        return
      }
      environment["git_commit"] = state.commit
      environment["git_branch"] = state.branch
      environment["git_remote"] = state.remote.map { SecretMasking.mask($0).masked }
      environment["git_dirty"] = state.isDirty ? "true" : "false"
      if let commit = state.commit { tags["mlflow.source.git.commit"] = commit }
      captured.append("git commit")
      if state.isDirty { try dirtyFiles(state) }
    } catch {
      notCaptured.append(
        "git commit (\((error as? any Failure)?.message ?? "unreadable repository"))")
    }
  }

  /// Names only, and not those that `.fieldbookignore` leaves out.
  private mutating func dirtyFiles(_ state: GitState) throws {
    let rules = try state.root.flatMap { try IgnoreRules(folder: $0, top: $0) }
    let names = state.dirtyFiles.filter { name in
      guard let root = state.root, let rules else { return true }
      return !rules.ignores(root + "/" + name)
    }
    environment["git_dirty_files"] = names.joined(separator: "\n")
    let ignored = state.dirtyFiles.count - names.count
    dirtyNames =
      Amount.of(state.dirtyFiles.count, "changed file") + " (named in the run"
      + (ignored == 0 ? ")" : ", but for \(ignored) in \(IgnoreRules.fileName))")
  }

  /// Asks the interpreter that will run for its version and packages.
  private mutating func python(
    _ command: [String], in folder: String, variables: [String: String]
  ) {
    guard let program = command.first, PythonFacts.isInterpreter(program) else { return }
    guard
      let python = PythonFacts.ask(
        program, folder: folder, variables: variables, patience: .seconds(10))
    else {
      notCaptured.append("Python packages (the interpreter did not answer)")
      return
    }
    environment["python"] = python.version
    environment["python_executable"] = python.executable
    let lines = python.packages.map { SecretMasking.mask($0).masked }
    artifacts.append(
      ("environment/packages.txt", Array((lines.joined(separator: "\n") + "\n").utf8)))
    if !python.hashes.isEmpty {
      let text = python.hashes.map { $0.line + "\n" }.joined()
      artifacts.append((PackageHash.file, Array(text.utf8)))
    }
    captured.append("Python and " + Amount.of(lines.count, "package"))
  }

  private mutating func systemPackages(_ variables: [String: String]) {
    let driver = Capture.text("/proc/driver/nvidia/version").split(separator: "\n").first
    environment["gpu_driver"] = driver.map { String($0.prefix(200)) }
    guard let packages = SystemPackages.here(variables), !packages.isEmpty else {
      notCaptured.append("system packages (neither dpkg nor rpm tells of any)")
      return
    }
    let text = packages.map { "\($0.name)=\($0.version)\n" }.joined()
    artifacts.append(("environment/system-packages.txt", Array(text.utf8)))
    captured.append(Amount.of(packages.count, "system package"))
  }

  /// Only these: anything else may hold a secret.
  private static let allowed =
    Capture.decisive + ["SLURM_JOB_ID", "SLURM_NODELIST", "CONDA_DEFAULT_ENV"]
  /// Those of them that may change what comes out. The others tell where it ran.
  static let decisive = [
    "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONHASHSEED", "WORLD_SIZE",
    "RANK", "LOCAL_RANK", "LANG", "TZ",
  ]
  static let variablePrefix = "variable."

  private mutating func allowedVariables(_ variables: [String: String]) {
    for name in Capture.allowed {
      if let value = variables[name] {
        environment[Capture.variablePrefix + name] = SecretMasking.mask(value).masked
      }
    }
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  /// What a short command prints; nil if it fails, takes longer or prints more than a list of packages would.
  static func output(
    _ command: [String], folder: String, variables: [String: String], patience: Duration
  ) -> String? {
    guard let path = Spawn.find(command[0], variables: variables, folder: folder),
      let pipe = try? OwnPipe()
    else { return nil }
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    let started = Spawn.start(
      path, Array(command.dropFirst()), variables: variables, folder: folder, input: null,
      output: pipe.writeEnd, errors: null)
    pipe.closeWriteEnd()
    guard let started else { return nil }
    let answer = pipe.readAll(limit: 4 << 20, until: .now + patience)
    if answer == nil { kill(started, SIGKILL) }
    guard Spawn.wait(for: started) == 0 else { return nil }
    return answer.map { String(decoding: $0, as: UTF8.self) }
  }
}
