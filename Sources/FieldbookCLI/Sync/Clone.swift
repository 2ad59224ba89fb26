import ArgumentParser
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace
import Foundation

struct Clone: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a new replica of an existing workspace.",
    discussion: """
      From a hub's or another peer's address with a code, or from a replica's folder or a \
      bundle. From these two it is pending: it shows and records everything, and others take in \
      what it wrote once it is enrolled. The source becomes the remote origin.

      Examples:
        fieldbook clone http://127.0.0.1:4600 --code CODE
        fieldbook clone http://127.0.0.1:4600 churn --code CODE --device ana-laptop
        fieldbook clone week.bundle churn
      """)

  @Argument(help: "An address, a folder or a bundle.", completion: .file()) var source: String
  @Argument(help: "The new replica's folder (default: here).", completion: .directory)
  var folder: String?
  @Option(name: .long, help: .init("What fieldbook invite printed.", valueName: "code"))
  var code: String?
  @OptionGroup var naming: DeviceNaming
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let dir = try AbsolutePath.of(folder ?? common.dir ?? ".")
    let workspace = try await clone(into: dir)
    let document = ReplicaDocument(workspace)
    try workspace.close()
    let console = common.console
    console.status(
      Phrase("cloned workspace ") + Phrase(document.workspaceName, .bold)
        + Phrase(" into \(dir)/.fieldbook, as device \(document.deviceName)"))
    if document.isPending {
      console.hint("this replica is pending; to be let in: fieldbook enroll CODE --url URL")
    }
    let isHere = dir == FileManager.default.currentDirectoryPath
    console.next(isHere ? "fieldbook runs" : "cd \(folder ?? dir) && fieldbook runs")
    console.show(document)
  }

  private func clone(into dir: String) async throws -> Workspace {
    let device = naming.name(common.variables)
    let owner = DeviceNaming.owner(common.variables)
    let environment = common.environment
    if source.contains("://") {
      guard let code else {
        throw InvalidInput(
          "a clone from an address needs a code",
          hint: "ask an admin for one (fieldbook invite), then add --code CODE")
      }
      return try await CloneClient.clone(
        url: source, code: code, into: dir, device: device, owner: owner, environment: environment
      ).workspace
    }
    let path = try AbsolutePath.of(source)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileFailure.cannotRead(path, reason: "there is no such file or folder")
    }
    guard code == nil else {
      throw InvalidInput(
        "a code is for an address; nobody in \(isFolder.boolValue ? "a folder" : "a bundle") can take it",
        hint: "leave out --code, and afterwards: fieldbook enroll CODE --url http://127.0.0.1:4600")
    }
    return isFolder.boolValue
      ? try CloneClient.clone(
        folder: path, into: dir, device: device, owner: owner, environment: environment)
      : try CloneClient.clone(
        bundle: path, into: dir, device: device, owner: owner, environment: environment)
  }
}
