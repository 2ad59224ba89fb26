import ArgumentParser
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

  @Option(name: .long, help: .init("Colour the output.", valueName: "when"))
  var color: ColourChoice = .auto

  func validate() throws {
    if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other") }
  }

  /// Names of the flags above, for `WordOrder`.
  static let flags: Set<String> = ["--json", "--quiet", "-q", "--verbose", "-v"]
  static let options: Set<String> = ["--dir", "--color"]
}

extension ColourChoice: ExpressibleByArgument {}

extension CommonOptions {
  var variables: [String: String] { ProcessInfo.processInfo.environment }

  var console: Console {
    let variables = variables
    return Console(
      out: .standard(STDOUT_FILENO, colour: color, variables: variables),
      err: .standard(STDERR_FILENO, colour: color, variables: variables),
      isJSON: json, isQuiet: quiet, isVerbose: verbose,
      now: { Timestamp(milliseconds: WorkspaceEnvironment.live().now()) })
  }

  var environment: WorkspaceEnvironment { .live(variables) }

  func openWorkspace() throws -> Workspace {
    let found = try Workspace.find(
      explicit: dir, from: FileManager.default.currentDirectoryPath, variables: variables)
    return try Workspace.open(AbsolutePath.of(found), environment: environment)
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
  static func of(_ path: String) -> String {
    let expanded = (path as NSString).expandingTildeInPath
    if expanded.hasPrefix("/") { return (expanded as NSString).standardizingPath }
    let here = FileManager.default.currentDirectoryPath as NSString
    return (here.appendingPathComponent(expanded) as NSString).standardizingPath
  }
}
