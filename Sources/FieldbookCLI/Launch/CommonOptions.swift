import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace
import Foundation

/// What every command takes, before or after the verb.
struct CommonOptions: ParsableArguments {
  @Option(
    name: .long,
    help: .init(
      "The folder that holds .fieldbook/ (default: FIELDBOOK_DIR, else the nearest one upward).",
      valueName: "dir"),
    completion: .directory)
  var dir: String?

  @Flag(name: .long, help: "Print one JSON document on stdout.")
  var json = false

  @Flag(name: [.short, .long], help: "Leave out status and hints.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Say more.")
  var verbose = false

  @Option(
    name: .long,
    help: .init("Colour the output: auto, always or never (default: auto).", valueName: "when"))
  var color: ColourChoice?

  func validate() throws {
    if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other") }
  }

  /// Names of the flags above, for `WordOrder`.
  static let flags: Set<String> = ["--json", "--quiet", "-q", "--verbose", "-v"]
  static let options: Set<String> = ["--dir", "--color"]
}

extension ColourChoice: ExpressibleByArgument {}

extension CommonOptions {
  /// The environment, filled up with the settings of the replica, if there is one, and of the user.
  ///
  /// Settings that cannot be read are left out here; `openWorkspace` says so.
  var variables: [String: String] {
    let environment = ProcessInfo.processInfo.environment
    let user = (try? Settings.filling(environment, dir: nil)) ?? environment
    let dir = try? Workspace.find(
      explicit: dir, from: FileManager.default.currentDirectoryPath, variables: user)
    return (try? Settings.filling(environment, dir: dir)) ?? user
  }

  var console: Console {
    let variables = variables
    let colour = color ?? variables["FIELDBOOK_COLOR"].flatMap(ColourChoice.init) ?? .auto
    return Console(
      out: .standard(STDOUT_FILENO, colour: colour, variables: variables),
      err: .standard(STDERR_FILENO, colour: colour, variables: variables),
      isJSON: json, isQuiet: quiet, isVerbose: verbose,
      now: { Timestamp(milliseconds: WorkspaceEnvironment.live().now()) })
  }

  var environment: WorkspaceEnvironment {
    let variables = variables
    var environment = WorkspaceEnvironment.live(variables)
    environment.openBucket = { try ObjectPlace.open($0, for: $1, variables) }
    return environment
  }

  /// The folder that holds `.fieldbook/`, as it was told or found.
  func found() throws -> String {
    try Workspace.find(
      explicit: dir, from: FileManager.default.currentDirectoryPath,
      variables: Settings.filling(ProcessInfo.processInfo.environment, dir: nil))
  }

  func openWorkspace() throws -> Workspace {
    let environment = ProcessInfo.processInfo.environment
    let found = try found()
    let settings = try Settings.filling(environment, dir: found)
    if let given = settings["FIELDBOOK_COLOR"], ColourChoice(rawValue: given) == nil {
      throw InvalidInput("the setting color is '\(given)'", hint: "it is auto, always or never")
    }
    if let given = settings["FIELDBOOK_POWER_CUT"], PowerCut(rawValue: given) == nil {
      throw InvalidInput(
        "the setting power_cut is '\(given)'", hint: "a power cut costs nothing, or moments")
    }
    if let given = settings["FIELDBOOK_LARGE_FILES"], LargeFiles.bytes(given) == nil {
      throw InvalidInput("the setting large_files is '\(given)'", hint: LargeFiles.hint)
    }
    if let given = settings["FIELDBOOK_CONTENTS"], ContentPolicy.Reach(rawValue: given) == nil {
      throw InvalidInput("the setting contents is '\(given)'", hint: ContentPolicy.hint)
    }
    if let given = settings["FIELDBOOK_CONTENTS_MAX"], ByteSize.parse(given) == nil {
      throw InvalidInput(
        "the setting contents_max is '\(given)'", hint: "it is a size, such as 100MiB")
    }
    if let given = settings["FIELDBOOK_OBJECTS_CACHE"], ObjectsCache.bytes(given) == nil {
      throw InvalidInput("the setting objects_cache is '\(given)'", hint: ObjectsCache.hint)
    }
    return try Workspace.open(AbsolutePath.of(found), environment: self.environment)
  }

  /// Opens the replica for as long as `body` runs. All that was recorded is safe from a power cut
  /// when this returns, whether or not `body` throws.
  func withWorkspace<Result>(_ body: (Workspace, Console) throws -> Result) throws -> Result {
    let workspace = try openWorkspace()
    let result: Result
    do {
      result = try body(workspace, console)
    } catch {
      try? workspace.close()
      throw error
    }
    try workspace.close()
    return result
  }

  /// The same for work that waits for others.
  func withWorkspaceOpen<Result>(_ body: (Workspace, Console) async throws -> Result) async throws
    -> Result
  {
    let workspace = try openWorkspace()
    let result: Result
    do {
      result = try await body(workspace, console)
    } catch {
      try? workspace.close()
      throw error
    }
    try workspace.close()
    return result
  }
}

enum AbsolutePath {
  /// Against the folder that the command was called in; `.` and `..` are resolved in words only.
  ///
  /// - Throws: `InvalidInput` for an empty one, which a variable of a script that is not set leaves: it does not mean the folder here.
  static func of(_ path: String) throws -> String {
    guard !path.isEmpty else {
      throw InvalidInput("a path is empty", hint: "name a file or folder; the folder here is .")
    }
    let expanded = (path as NSString).expandingTildeInPath
    if expanded.hasPrefix("/") { return (expanded as NSString).standardizingPath }
    let here = FileManager.default.currentDirectoryPath as NSString
    return (here.appendingPathComponent(expanded) as NSString).standardizingPath
  }
}
