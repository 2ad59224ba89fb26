import FieldbookTestSupport
import Foundation

/// The built `fieldbook`, run as a person runs it, each time on a machine of its own name.
struct Binary: Sendable {
  let root: String

  struct Answer {
    var status: Int32
    var out: String
    var err: String

    /// The JSON document on stdout.
    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(out.utf8))) as? [String: Any] ?? [:]
    }
  }

  /// Beside the test bundle.
  static let path: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0])
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("fieldbook").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    return FileManager.default.currentDirectoryPath + "/.build/debug/fieldbook"
  }()

  func start(_ words: [String], as person: String, output: Any? = nil) throws -> Process {
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
    process.environment = variables
    process.currentDirectoryURL = URL(fileURLWithPath: root)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  @discardableResult
  func run(_ words: String..., as person: String) throws -> Answer { try run(words, as: person) }

  func run(_ words: [String], as person: String) throws -> Answer {
    let name = root + "/answer-" + UUID().uuidString
    for suffix in [".out", ".err"] {
      _ = FileManager.default.createFile(atPath: name + suffix, contents: nil)
    }
    let process = Process()
    let template = try start(["--version"], as: person)
    template.waitUntilExit()
    process.executableURL = template.executableURL
    process.arguments = words
    process.environment = template.environment
    process.currentDirectoryURL = template.currentDirectoryURL
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: name + ".out")
    process.standardError = FileHandle(forWritingAtPath: name + ".err")
    try process.run()
    process.waitUntilExit()
    func text(_ suffix: String) -> String {
      (try? String(contentsOfFile: name + suffix, encoding: .utf8)) ?? ""
    }
    return Answer(status: process.terminationStatus, out: text(".out"), err: text(".err"))
  }

  /// Starts a hub in `root/hub` and waits for its address.
  func startHub(port: Int = 0) throws -> (process: Process, url: String) {
    let pipe = Pipe()
    let process = try start(
      ["hub", "--dir", root + "/hub", "--workspace", "team", "--port", String(port)], as: "hub",
      output: pipe)
    var line = ""
    while !line.contains("\n") {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { throw TestFailure("the hub ended before it listened") }
      line += String(decoding: data, as: UTF8.self)
    }
    let url = line.split(separator: " ").last.map(String.init) ?? ""
    return (process, url.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
