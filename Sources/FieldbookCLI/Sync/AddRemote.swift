import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace

struct AddRemote: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Remember a peer by a name.",
    discussion: """
      Example:
        fieldbook remote add ana https://ana.example.org:4601
      """)

  @Argument(help: "A name for it.") var name: String
  @Argument(help: "https://HOST:PORT; on this machine also http://") var url: String
  @Option(
    name: .long,
    help: .init("The SHA-256 of the certificate that it must show.", valueName: "sha256"))
  var certificate: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      try SyncClient.check(address: url)
      let fingerprint = try pinned()
      try workspace.addRemote(name: name, url: url)
      if let fingerprint { try workspace.pin(fingerprint, remote: name) }
      console.status(Phrase("added remote \(name)"))
      console.next("fieldbook sync \(name)")
      console.show(Silent(json: try workspace.remote(name).json))
    }
  }

  private func pinned() throws -> CertificateFingerprint? {
    guard let certificate else { return nil }
    guard let fingerprint = CertificateFingerprint(hex: certificate) else {
      throw InvalidInput(
        "'\(certificate)' is no fingerprint of a certificate",
        hint: "it has 64 hexadecimal digits; the server prints it when it starts")
    }
    guard url.lowercased().hasPrefix("https://") else {
      throw InvalidInput(
        "a certificate is shown by an https:// address only", hint: "leave out --certificate")
    }
    return fingerprint
  }
}
