import Foundation

/// The built `fieldbook`, run as a person runs it, each on a machine of its own name.
package struct Binary: Sendable {
  /// Where the people's homes lie, and the folder that the commands are run in.
  package let root: String
  /// Goes with the last copy of the value; nil where the folder is another's.
  private let folder: TemporaryFolder?

  package init(root: String) {
    self.root = root
    folder = nil
  }

  /// With a folder of its own.
  package init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    root = folder.path
  }

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

  /// The same for a script of the shell, in which `$0` is the program and `$1` the first of the words.
  package func shell(
    _ script: String, _ words: [String] = [], as person: String, variables: [String: String] = [:]
  ) -> Process {
    let process = process(["-c", script, Binary.path] + words, as: person, variables: variables)
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
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

  @discardableResult
  package func run(
    _ words: [String], as person: String, variables: [String: String] = [:]
  ) throws -> Answer {
    try answer(of: process(words, as: person, variables: variables))
  }

  /// Starts it, and waits until it has said all and ended.
  package func answer(of process: Process) throws -> Answer {
    let name = root + "/answer-" + UUID().uuidString
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
}
