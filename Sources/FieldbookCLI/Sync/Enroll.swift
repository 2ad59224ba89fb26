import ArgumentParser
import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

struct Enroll: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let this pending replica in with a code.",
    discussion: """
      For replicas that were cloned from a folder or a bundle. What they wrote is admitted.

      Example:
        fieldbook enroll fb1-... --url http://127.0.0.1:7457
      """)

  @Argument(help: "The code that fieldbook invite printed.") var code: String
  @Option(name: .long, help: .init("Where it was issued (default: the remote origin).", valueName: "url"))
  var url: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withWorkspace { workspace, console in
      let code = try InviteCode(code)
      let address = try url ?? workspace.remote("origin").url
      let (issuer, _) = try await Enrolment.redeem(code, at: address, for: workspace)
      if (try? workspace.remote("origin")) == nil { try workspace.addRemote(name: "origin", url: address) }
      try workspace.pin(issuer, remote: "origin")
      let report = try await SyncClient.sync(workspace, remote: workspace.remote("origin"))
      console.status(
        Phrase("enrolled; took in \(Wording.count(report.pulledOps, "change")), gave \(report.pushedOps)"))
      console.show(Silent(json: ReplicaDocument(workspace).json))
    }
  }
}
