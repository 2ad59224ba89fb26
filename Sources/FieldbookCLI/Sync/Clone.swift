import ArgumentParser
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace
import Foundation

struct Clone: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a replica of an existing workspace.",
    discussion: """
      From a hub or another peer with a code, or from a replica's folder or a bundle; such a replica is pending
      until it is enrolled.

      Examples:
        fieldbook clone http://127.0.0.1:7457 churn --code fb1-...
        fieldbook clone churn.bundle churn
      """)

  @Argument(help: "A URL, a folder or a bundle.") var source: String
  @Argument(help: "The new replica's folder (default: named after the source).") var folder: String?
  @Option(name: .long, help: .init("The code that fieldbook invite printed.", valueName: "code"))
  var code: String?
  @OptionGroup var naming: DeviceNaming
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = common.console
    let device = naming.name(common.variables)
    let owner = DeviceNaming.owner(common.variables)
    let isURL = source.contains("://")
    let dir = AbsolutePath.of(folder ?? common.dir ?? defaultFolder(isURL))
    let workspace: Workspace
    if isURL {
      guard let code else {
        throw InvalidInput(
          "a clone from \(source) needs a code", hint: "ask for one (fieldbook invite) and add --code CODE")
      }
      workspace = try await CloneClient.clone(
        url: source, code: code, into: dir, device: device, owner: owner,
        environment: common.environment
      ).workspace
    } else {
      workspace = try local(dir, device, owner)
    }
    let document = ReplicaDocument(workspace)
    try workspace.close()
    console.status(
      Phrase("cloned workspace ") + Phrase(document.workspaceName, .bold)
        + Phrase(" into \(dir), as device \(document.deviceName)"))
    if document.isPending {
      console.hint("this replica is pending: others take its changes after fieldbook enroll CODE")
    }
    console.next("fieldbook runs --dir \(dir)")
    console.show(document)
  }

  private func local(_ dir: String, _ device: String, _ owner: String) throws -> Workspace {
    let path = AbsolutePath.of(source)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InvalidInput("there is no \(path)", hint: "give a URL, a replica's folder or a bundle")
    }
    let workspace =
      try isFolder.boolValue
      ? CloneClient.clone(
        folder: path, into: dir, device: device, owner: owner, environment: common.environment)
      : CloneClient.clone(
        bundle: path, into: dir, device: device, owner: owner, environment: common.environment)
    return workspace
  }

  private func defaultFolder(_ isURL: Bool) -> String {
    if isURL { return "." }
    let name = ((source as NSString).lastPathComponent as NSString).deletingPathExtension
    return FileManager.default.fileExists(atPath: name) ? name + "-clone" : name
  }
}
