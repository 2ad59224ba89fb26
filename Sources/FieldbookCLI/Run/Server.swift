import ArgumentParser
import FieldbookMLflow
import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Foundation

struct Server: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve MLflow's REST API over this replica.",
    discussion: """
      For notebooks, and for several scripts at once: set MLFLOW_TRACKING_URI to the address \
      that is printed first. On this machine programs of the same user need nothing else; others, \
      and all that come over the network, need the token in .fieldbook/server.token. Off loopback \
      it serves with TLS, and only together with --share. SIGTERM or Ctrl-C ends it.

      With --background it goes on without a terminal; what it has to say is in \
      .fieldbook/server.log, a megabyte long at most, and the one before in server.log.1.

      Examples:
        fieldbook server --port 5000
        fieldbook server --background
        fieldbook server --status
        fieldbook server --stop
        fieldbook server --share --port 4601     (also lets enrolled peers sync)
        fieldbook server --share --host 0.0.0.0
      """)

  @OptionGroup var listening: Listening
  @Option(
    name: .long, help: .init("0 takes a free one (default: 5000).", valueName: "port"))
  var port: Int?
  @Flag(name: .long, help: "Let enrolled peers sync with this replica.") var share = false
  @Flag(name: .long, help: "Start one that goes on without this terminal; returns when it listens.")
  var background = false
  @Flag(name: .long, help: "End the server of this replica.") var stop = false
  @Flag(name: .long, help: "Say whether a server of this replica runs, and where it listens.")
  var status = false
  /// How `--background` starts this program again.
  @Flag(name: .long, help: .hidden) var detached = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard [background, stop, status, detached].count(where: { $0 }) <= 1 else {
      throw ValidationError("--background, --stop and --status exclude each other")
    }
    if let port { try Listening.check(port) }
    try listening.check()
  }

  func run() async throws {
    if status {
      common.console.show(ServerDocument(record: ServerRecord.live(in: try folder())))
    } else if stop {
      try end()
    } else if background {
      try leave()
    } else {
      try await serve()
    }
  }

  /// The replica's `.fieldbook`.
  private func folder() throws -> String { try AbsolutePath.of(common.found()) + "/.fieldbook" }

  private func end() throws {
    let (console, folder) = (common.console, try folder())
    let record = ServerRecord.live(in: folder)
    if let record {
      guard try ServerRecord.stop(record, in: folder, seconds: 20) else {
        throw BackgroundFailure.stillThere(pid: record.pid)
      }
      console.status(Phrase("ended the server at \(record.url)"))
    }
    if console.isJSON || record == nil {
      console.show(ServerDocument(record: ServerRecord.live(in: folder)))
    }
  }

  private func leave() throws {
    let console = common.console
    let words = CommandLine.arguments.dropFirst().map { $0 == "--background" ? "--detached" : $0 }
    let (record, wasThere) = try BackgroundServer(folder: try folder()).start(
      words, variables: ProcessInfo.processInfo.environment)
    if wasThere, let port, port != 0, !record.url.hasSuffix(":\(port)") {
      throw BackgroundFailure.runsAlready(record.url)
    }
    if console.isJSON {
      console.show(ServerDocument(record: record))
    } else {
      console.out.write("listening on \(record.url)\n")
    }
    if wasThere { console.status(Phrase("it runs already, as process \(record.pid)")) }
    console.next("export MLFLOW_TRACKING_URI=\(record.url)")
  }

  private func serve() async throws {
    guard share || Listener.isLoopback(listening.host) else {
      throw ListeningFailure.plainOffLoopback(listening.host)
    }
    let port = try Listening.port(
      port, "FIELDBOOK_SERVER_PORT", common.variables, standard: 5000)
    try await common.withWorkspaceOpen { workspace, console in
      let lock = try ServerLock(in: workspace.folder)
      defer { lock?.release() }
      if detached, lock == nil {
        throw BackgroundFailure.runsAlready(ServerRecord.live(in: workspace.folder)?.url ?? "")
      }
      let log = detached ? BackgroundServer(folder: workspace.folder).log : nil
      try ObjectPlace.settle(
        common.variables["FIELDBOOK_OBJECTS"], for: workspace, common.variables, console)
      let listener = try listening.listener(port, for: workspace, console)
      let token = try ServerToken.kept(in: workspace.folder, random: workspace.environment.random)
      try await Serving.untilSignalled(
        workspace, on: listener,
        access: listener.isLoopback ? .ownUser(orToken: token) : .token(token), sharing: share,
        log: log, uploads: PackUploads(workspace, console)
      ) { port in
        lock?.tell(
          ServerRecord(
            pid: ProcessInfo.processInfo.processIdentifier, url: listening.url(port),
            startedMilliseconds: workspace.environment.now(), log: log?.path))
        if share, let identity = listener.identity {
          listening.tell(identity, of: workspace, console)
        }
        listening.announce(port, console)
        console.status(Phrase("in a browser: \(listening.url(port))"))
        console.next("export MLFLOW_TRACKING_URI=\(listening.url(port))")
        if listener.identity != nil { tellClients(workspace, console) }
      }
    }
  }

  /// What MLflow's client needs besides the address.
  private func tellClients(_ workspace: Workspace, _ console: Console) {
    let certificate = listening.certificate ?? OwnCertificate.file(in: workspace.folder + "/tls")
    console.next("export MLFLOW_TRACKING_SERVER_CERT_PATH=\(certificate)")
    if !Listener.isLoopback(listening.host) {
      console.next("export MLFLOW_TRACKING_TOKEN=$(cat \(ServerToken.file(in: workspace.folder)))")
    }
  }
}
