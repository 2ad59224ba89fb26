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

  package typealias Answer = Command.Answer

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

  /// Not started yet.
  package func command(
    _ words: [String], as person: String, variables extra: [String: String] = [:]
  ) -> Command {
    var variables = ProcessInfo.processInfo.environment
    variables["HOME"] = root + "/home-" + person
    variables["XDG_STATE_HOME"] = root + "/home-" + person + "/state"
    variables["XDG_CONFIG_HOME"] = nil
    variables["FIELDBOOK_DIR"] = nil
    variables["FIELDBOOK_DEVICE_NAME"] = person
    variables["USER"] = person
    variables["SWIFT_BACKTRACE"] = "enable=no"
    return Command(
      Binary.path, words, variables: variables.merging(extra) { $1 }, folder: root)
  }

  /// The same for a script of the shell, in which `$0` is the program and `$1` the first of the words.
  package func shell(
    _ script: String, _ words: [String] = [], as person: String, variables: [String: String] = [:]
  ) -> Command {
    var command = command(["-c", script, Binary.path] + words, as: person, variables: variables)
    command.program = "/bin/sh"
    return command
  }

  package func start(_ words: [String], as person: String) throws -> Child {
    try command(words, as: person).start()
  }

  @discardableResult
  package func run(_ words: String..., as person: String) throws -> Answer {
    try run(words, as: person)
  }

  @discardableResult
  package func run(
    _ words: [String], as person: String, variables: [String: String] = [:]
  ) throws -> Answer {
    try command(words, as: person, variables: variables).answer()
  }
}
