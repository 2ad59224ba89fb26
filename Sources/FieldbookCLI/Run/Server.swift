import ArgumentParser
import FieldbookMLflow
import FieldbookModel
import FieldbookWorkspace

struct Server: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve MLflow's REST API over this replica.",
    discussion: """
      For notebooks, and for several scripts at once: set MLFLOW_TRACKING_URI to the address \
      that is printed first. Listens on this machine's loopback only. SIGTERM or Ctrl-C ends it.

      Examples:
        fieldbook server --port 5000
        fieldbook server --share --port 4601     (also lets enrolled peers sync)
      """)

  @OptionGroup var listening: Listening
  @Option(
    name: .long, help: .init("0 takes a free one (default: 5000).", valueName: "port"))
  var port: Int?
  @Flag(name: .long, help: "Let enrolled peers sync with this replica.") var share = false
  @OptionGroup var common: CommonOptions

  func validate() throws { if let port { try Listening.check(port) } }

  func run() async throws {
    try listening.checkIsLoopback()
    let port = try Listening.port(
      port, "FIELDBOOK_SERVER_PORT", common.variables, standard: 5000)
    try await common.withWorkspaceOpen { workspace, console in
      try await Serving.untilSignalled(
        workspace, host: listening.host, port: port, sharing: share
      ) { port in
        listening.announce(port, console)
        console.next("export MLFLOW_TRACKING_URI=\(listening.url(port))")
      }
    }
  }
}

/// Where a server listens.
struct Listening: ParsableArguments {
  @Option(name: .long, help: .init("A loopback address.", valueName: "host"))
  var host: String = "127.0.0.1"

  func url(_ port: Int) -> String {
    let name = host == "localhost" ? "127.0.0.1" : host
    return name.contains(":") ? "http://[\(name)]:\(port)" : "http://\(name):\(port)"
  }

  /// The first line on stdout, whatever else was asked for: scripts wait for it.
  func announce(_ port: Int, _ console: Console) {
    console.out.write("listening on \(url(port))\n")
  }

  /// Before anything is made or opened.
  func checkIsLoopback() throws {
    guard ["127.0.0.1", "localhost", "::1"].contains(host) else {
      throw TrackingServerFailure.notLoopback(host)
    }
  }

  /// As told, else as the setting says.
  static func port(
    _ told: Int?, _ variable: String, _ variables: [String: String], standard: Int
  ) throws -> Int {
    if let told { return told }
    guard let text = variables[variable] else { return standard }
    guard let port = Int(text), (0...65535).contains(port) else {
      throw InvalidInput(
        "the port '\(text)' in the settings is none", hint: "it is a number from 0 to 65535")
    }
    return port
  }

  static func check(_ port: Int) throws {
    guard (0...65535).contains(port) else {
      throw ValidationError("--port must be from 0 to 65535")
    }
  }
}
