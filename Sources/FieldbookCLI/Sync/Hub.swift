import ArgumentParser
import FieldbookModel
import FieldbookServing
import FieldbookWeb
import FieldbookWorkspace
import Foundation

struct Hub: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve a replica as the team's always-on peer.",
    discussion: """
      Serves the replica in the folder, and makes it first if there is none. On loopback it speaks \
      plain HTTP, on every other address TLS, with a certificate that it makes and that peers know \
      from the invite and the log. SIGTERM or Ctrl-C ends it.

      With --objects large files lie in a bucket of an S3-compatible storage; it is remembered. \
      Endpoint, region and credentials come from the environment: AWS_ENDPOINT_URL_S3, AWS_REGION, \
      AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, AWS_CA_BUNDLE. \
      --objects folder fetches all of them, and keeps them here again.

      Examples:
        fieldbook hub --dir hub --workspace churn --port 4600
        fieldbook hub --dir hub --host 0.0.0.0
        fieldbook hub --dir hub --objects s3://models/fieldbook
        fieldbook invite --dir hub               (in another terminal: prints a code)
        fieldbook page --dir hub                 (likewise: a link to its page)
      """)

  @OptionGroup var listening: Listening
  @Option(
    name: .long, help: .init("0 takes a free one (default: 4600).", valueName: "port"))
  var port: Int?
  @Option(
    name: .long,
    help: .init("The workspace's name, if it is made (default: the folder's).", valueName: "name"))
  var workspace: String?
  @Option(
    name: .long,
    help: .init(
      "Where large files lie: s3://BUCKET/PREFIX, or folder (default: where they are).",
      valueName: "place"))
  var objects: String?
  @Flag(
    name: .long,
    help: "With --objects: the bucket was emptied; what lay there comes from peers again.")
  var objectsAnew = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let port { try Listening.check(port) }
    if objectsAnew, objects?.hasPrefix("s3://") != true {
      throw ValidationError("--objects-anew goes with --objects s3://BUCKET/PREFIX")
    }
    try listening.check()
  }

  func run() async throws {
    let dir = try AbsolutePath.of(common.dir ?? common.variables["FIELDBOOK_DIR"] ?? ".")
    let port = try Listening.port(port, "FIELDBOOK_HUB_PORT", common.variables, standard: 4600)
    let console = common.console
    let replica = try open(dir, console)
    do {
      try ObjectPlace.settle(
        objects ?? common.variables["FIELDBOOK_OBJECTS"], isEmptied: objectsAnew, for: replica,
        common.variables, console)
      // MLflow's endpoints know no peers: here nobody is told the token that they want.
      let token = Hex.encode(replica.environment.random(32))
      let listener = try listening.listener(port, for: replica, console)
      let lock = try ServerLock(in: replica.folder, of: .hub)
      defer { lock?.release() }
      try await Serving.untilSignalled(
        replica, on: listener, access: .token(token), sharing: true,
        page: .signIn(isSecure: listener.identity != nil), uploads: PackUploads(replica, console)
      ) { port in
        lock?.tell(
          ServerRecord(
            pid: ProcessInfo.processInfo.processIdentifier, url: listening.url(port),
            startedMilliseconds: replica.environment.now(), log: nil))
        if let identity = listener.identity {
          listening.tell(identity, of: replica, console)
        } else {
          // Codes that are made from now on lead here, too.
          try? replica.announce(certificate: nil)
        }
        listening.announce(port, console)
        console.next("fieldbook invite --dir \(dir)")
        console.next("fieldbook page --dir \(dir)")
      }
    } catch {
      try? replica.close()
      throw error
    }
    try replica.close()
  }

  /// The replica in `dir`, never one of a folder above.
  private func open(_ dir: String, _ console: Console) throws -> Workspace {
    guard FileManager.default.fileExists(atPath: dir + "/.fieldbook") else {
      let variables = common.variables
      let told = variables["FIELDBOOK_DEVICE_NAME"] ?? ""
      let made = try Workspace.create(
        in: dir, name: workspace ?? (dir as NSString).lastPathComponent,
        device: told.isEmpty ? "hub" : told, owner: DeviceNaming.owner(variables), isHub: true,
        environment: common.environment)
      console.status(
        Phrase("made workspace ") + Phrase(made.name, .bold) + Phrase(" in \(dir)/.fieldbook"))
      return made
    }
    let replica = try Workspace.open(dir, environment: common.environment)
    if let workspace, workspace != replica.name {
      throw InvalidInput(
        "\(dir) holds the workspace '\(replica.name)', not '\(workspace)'",
        hint: "leave out --workspace, or name another folder with --dir")
    }
    if !replica.device.isHub {
      console.warning(
        "this replica was not made as a hub: it serves, but settles no aliases for others")
    }
    return replica
  }
}
