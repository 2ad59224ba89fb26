import Foundation

/// The built `fieldbook`, run as a person runs it, each on a machine of its own name.
package struct Binary: Sendable {
  /// Where the people's homes lie, and the folder that the commands are run in.
  package let root: String

  package init(root: String) { self.root = root }

  package struct Answer: Sendable {
    package var status: Int32
    package var out: String
    package var err: String

    /// The JSON document on stdout.
    package var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(out.utf8))) as? [String: Any] ?? [:]
    }
  }

  /// The program beside the one that asks: in its folder, or in one above it.
  package static let path: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0])
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("fieldbook").path
      if isProgram(candidate) { return candidate }
    }
    return FileManager.default.currentDirectoryPath + "/.build/debug/fieldbook"
  }()

  private static func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: path)
  }

  /// Not started yet. Nothing is read from stdin, and what it prints goes nowhere.
  package func process(
    _ words: [String], as person: String, variables extra: [String: String] = [:]
  ) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = words
    var variables = ProcessInfo.processInfo.environment
    variables["HOME"] = root + "/home-" + person
    variables["XDG_STATE_HOME"] = root + "/home-" + person + "/state"
    variables["XDG_CONFIG_HOME"] = nil
    variables["FIELDBOOK_DIR"] = nil
    variables["FIELDBOOK_DEVICE_NAME"] = person
    variables["USER"] = person
    variables["SWIFT_BACKTRACE"] = "enable=no"
    process.environment = variables.merging(extra) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: root)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return process
  }

  package func start(_ words: [String], as person: String) throws -> Process {
    let process = process(words, as: person)
    try process.run()
    return process
  }

  @discardableResult
  package func run(_ words: String..., as person: String) throws -> Answer {
    try run(words, as: person)
  }

  package func run(
    _ words: [String], as person: String, variables: [String: String] = [:]
  ) throws -> Answer {
    let name = root + "/answer-" + UUID().uuidString
    let process = process(words, as: person, variables: variables)
    for suffix in [".out", ".err"] {
      _ = FileManager.default.createFile(atPath: name + suffix, contents: nil)
    }
    defer {
      for suffix in [".out", ".err"] { try? FileManager.default.removeItem(atPath: name + suffix) }
    }
    process.standardOutput = FileHandle(forWritingAtPath: name + ".out")
    process.standardError = FileHandle(forWritingAtPath: name + ".err")
    try process.run()
    process.waitUntilExit()
    func text(_ suffix: String) -> String {
      String(decoding: FileManager.default.contents(atPath: name + suffix) ?? Data(), as: UTF8.self)
    }
    // A shell's numbering, as `run` passes it on.
    let status =
      process.terminationReason == .uncaughtSignal
      ? 128 + process.terminationStatus : process.terminationStatus
    return Answer(status: status, out: text(".out"), err: text(".err"))
  }

  /// Starts a hub in `root/hub` and waits for its address.
  package func startHub(port: Int = 0, flags: [String] = []) throws -> (
    process: Process, url: String
  ) {
    let pipe = Pipe()
    let process = process(
      ["hub", "--dir", root + "/hub", "--workspace", "team", "--port", String(port)] + flags,
      as: "hub")
    process.standardOutput = pipe
    try process.run()
    var line = ""
    while !line.contains("\n") {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { throw TestFailure("the hub ended before it listened") }
      line += String(decoding: data, as: UTF8.self)
    }
    let url = line.split(separator: " ").last.map(String.init) ?? ""
    return (process, url.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// A replica in `root/person`, let in by the hub in `root/hub`.
  package func clone(_ person: String, _ url: String) throws {
    let answer = try run("clone", url, person, "--code", invite(), as: person)
    guard answer.status == 0 else { throw TestFailure(answer.err) }
  }

  package func invite() throws -> String {
    try run("invite", "--dir", "hub", "--quiet", as: "hub").out
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  package func stateHash(_ person: String) throws -> String {
    let answer = try run("status", "--dir", person, "--json", as: person)
    guard let hash = answer.json["state_hash"] as? String else { throw TestFailure(answer.err) }
    return hash
  }

  /// Checks of `doctor` that did not hold.
  package func ailments(_ person: String) throws -> [String] {
    let answer = try run("doctor", "--dir", person, "--json", as: person)
    guard let checks = answer.json["checks"] as? [[String: Any]], !checks.isEmpty else {
      throw TestFailure(answer.err)
    }
    return checks.filter { $0["ok"] as? Bool != true }.map {
      "\($0["name"] ?? ""): \($0["detail"] ?? "")"
    }
  }
}

extension Process {
  /// SIGTERM, and waits for the end.
  package func stop() {
    terminate()
    waitUntilExit()
  }
}
