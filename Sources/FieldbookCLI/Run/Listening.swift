import ArgumentParser
import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Foundation

/// Where a server listens, and what it shows of itself there.
struct Listening: ParsableArguments {
  @Option(
    name: .long,
    help: .init("An address of this machine; TLS on all but loopback.", valueName: "host"))
  var host: String = "127.0.0.1"
  @Flag(name: .long, help: "TLS on loopback, too.") var tls = false
  @Option(
    name: .customLong("tls-cert"),
    help: .init("A certificate of your own (PEM) instead of one made here.", valueName: "file"),
    completion: .file())
  var certificate: String?
  @Option(
    name: .customLong("tls-key"), help: .init("The key that belongs to it.", valueName: "file"),
    completion: .file())
  var key: String?

  func check() throws {
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--tls-cert and --tls-key belong together")
    }
  }

  private var isSecure: Bool { tls || certificate != nil || !Listener.isLoopback(host) }

  /// Refusals become warnings on the console, few enough to be read.
  func listener(_ port: Int, for workspace: Workspace, _ console: Console) throws -> Listener {
    Listener(
      host: host, port: port, identity: try identity(workspace.folder + "/tls"),
      complaints: Complaints(now: workspace.environment.now) { console.warning($0) })
  }

  private func identity(_ folder: String) throws -> TLSIdentity? {
    if let certificate, let key {
      return try TLSIdentity.read(certificate: certificate, key: key)
    }
    guard isSecure else { return nil }
    let names = ["localhost", "127.0.0.1", "::1", ProcessInfo.processInfo.hostName, host]
    return try OwnCertificate.kept(in: folder, names: Set(names.filter { !$0.isEmpty }).sorted())
  }

  /// Peers learn of the certificate from the log; a person, here.
  func tell(_ identity: TLSIdentity, of workspace: Workspace, _ console: Console) {
    do {
      try workspace.announce(certificate: identity.fingerprint)
    } catch {
      let reason = (error as? any Failure)?.message ?? "\(error)"
      console.warning("the log does not say which certificate this is: \(reason)")
    }
    console.status(Phrase("certificate sha256 \(identity.fingerprint)"))
  }

  func url(_ port: Int) -> String {
    let name = host == "localhost" ? "127.0.0.1" : host
    let scheme = isSecure ? "https" : "http"
    return name.contains(":") ? "\(scheme)://[\(name)]:\(port)" : "\(scheme)://\(name):\(port)"
  }

  /// The first line on stdout, whatever else was asked for: scripts wait for it.
  func announce(_ port: Int, _ console: Console) {
    console.out.write("listening on \(url(port))\n")
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
