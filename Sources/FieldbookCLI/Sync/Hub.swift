import ArgumentParser
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Hub: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve a replica as the team's hub, an always-on peer.",
    discussion: """
      Makes the replica first if there is none in the folder. Invite laptops with: fieldbook invite --dir DIR

      Example:
        fieldbook hub --dir hub --workspace churn --port 7457
      """)

  @OptionGroup var listening: Listening
  @Option(name: .long, help: .init("The workspace's name, if it is made.", valueName: "name"))
  var workspace: String?
  @OptionGroup var naming: DeviceNaming
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let dir = AbsolutePath.of(common.dir ?? ".")
    let console = common.console
    let replica: Workspace
    if FileManager.default.fileExists(atPath: dir + "/.fieldbook") {
      replica = try Workspace.open(dir, environment: common.environment)
    } else {
      let device = naming.device ?? common.variables["FIELDBOOK_DEVICE_NAME"] ?? "hub"
      replica = try Workspace.create(
        in: dir, name: workspace ?? (dir as NSString).lastPathComponent, device: device,
        owner: DeviceNaming.owner(common.variables), isHub: true, environment: common.environment)
      console.status(
        Phrase("made workspace ") + Phrase(replica.name, .bold) + Phrase(" in \(dir)/.fieldbook"))
      console.next("fieldbook invite --dir \(dir)")
    }
    do {
      try await Serving.run(replica, listening, sharing: true, console)
    } catch {
      try? replica.close()
      throw error
    }
    try replica.close()
  }
}
