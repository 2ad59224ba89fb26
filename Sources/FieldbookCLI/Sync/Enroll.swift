import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

struct Enroll: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let this pending replica in, with a code.",
    discussion: """
      For a replica that was cloned from a folder or a bundle. What it wrote before is admitted \
      with it.

      Example:
        fieldbook enroll CODE --url http://127.0.0.1:4600
      """)

  @Argument(help: "What fieldbook invite printed.") var code: String
  @Option(
    name: .long,
    help: .init("Where the code was issued (default: the remote origin).", valueName: "url"))
  var url: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withWorkspaceOpen { workspace, console in
      let code = try InviteCode(code)
      let address = try issuerAddress(workspace)
      let issuer = try await Enrolment.redeem(code, at: address, for: workspace)
      // From now on the remote `origin` is the one that let this replica in.
      let origin = try CloneClient.origin(workspace, address, issuer)
      let report = try await SyncClient.sync(workspace, remote: origin)
      console.status(
        Phrase("enrolled as ") + Phrase(workspace.device.role.rawValue, .bold)
          + Phrase("; \(SyncOutcome(report: report, failure: nil).words)"))
      console.next("fieldbook status")
      console.show(Silent(json: ReplicaDocument(workspace).json))
    }
  }

  private func issuerAddress(_ workspace: Workspace) throws -> String {
    if let url { return url }
    let known = try workspace.remotes().map(\.url).filter { $0.contains("://") }
    let origin = try workspace.remotes().first { $0.name == "origin" }?.url
    if let origin, origin.contains("://") { return origin }
    guard known.count == 1 else {
      throw InvalidInput(
        "it is not known where the code was issued",
        hint: "add the address of the one who issued it: --url http://127.0.0.1:4600")
    }
    return known[0]
  }
}
