import ArgumentParser
import FieldbookMLflow
import FieldbookModel
import FieldbookServing
import FieldbookWorkspace

struct Server: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve MLflow's REST API over this replica.",
    discussion: """
      For notebooks, and for several scripts at once: set MLFLOW_TRACKING_URI to the address \
      that is printed first. On this machine programs of the same user need nothing else; others, \
      and all that come over the network, need the token in .fieldbook/server.token. Off loopback \
      it serves with TLS, and only together with --share. SIGTERM or Ctrl-C ends it.

      Examples:
        fieldbook server --port 5000
        fieldbook server --share --port 4601     (also lets enrolled peers sync)
        fieldbook server --share --host 0.0.0.0
      """)

  @OptionGroup var listening: Listening
  @Option(
    name: .long, help: .init("0 takes a free one (default: 5000).", valueName: "port"))
  var port: Int?
  @Flag(name: .long, help: "Let enrolled peers sync with this replica.") var share = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let port { try Listening.check(port) }
    try listening.check()
  }

  func run() async throws {
    guard share || Listener.isLoopback(listening.host) else {
      throw ListeningFailure.plainOffLoopback(listening.host)
    }
    let port = try Listening.port(
      port, "FIELDBOOK_SERVER_PORT", common.variables, standard: 5000)
    try await common.withWorkspaceOpen { workspace, console in
      let listener = try listening.listener(port, for: workspace, console)
      let token = try ServerToken.kept(in: workspace.folder, random: workspace.environment.random)
      try await Serving.untilSignalled(
        workspace, on: listener,
        access: listener.isLoopback ? .ownUser(orToken: token) : .token(token), sharing: share
      ) { port in
        if share, let identity = listener.identity {
          listening.tell(identity, of: workspace, console)
        }
        listening.announce(port, console)
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
