import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a new workspace with its first replica.",
    discussion: """
      To join a workspace that exists, use clone.

      Examples:
        fieldbook init
        fieldbook init churn --workspace churn --device ana-laptop
      """)

  @Argument(help: "The folder (default: here).", completion: .directory) var folder: String?
  @Option(
    name: .long, help: .init("The workspace's name (default: the folder's).", valueName: "name"))
  var workspace: String?
  @OptionGroup var naming: DeviceNaming
  @OptionGroup var common: CommonOptions

  func run() throws {
    let dir = try AbsolutePath.of(folder ?? common.dir ?? ".")
    let made = try Workspace.create(
      in: dir, name: workspace ?? (dir as NSString).lastPathComponent,
      device: naming.name(common.variables), owner: DeviceNaming.owner(common.variables),
      isHub: false, environment: common.environment)
    let document = ReplicaDocument(made)
    try made.close()
    let console = common.console
    console.status(
      Phrase("made workspace ") + Phrase(document.workspaceName, .bold)
        + Phrase(" in \(dir)/.fieldbook, as device \(document.deviceName)"))
    console.next("fieldbook run --experiment NAME -- python train.py")
    console.show(document)
  }
}

/// What this replica's device is called.
struct DeviceNaming: ParsableArguments {
  @Option(
    name: .long,
    help: .init(
      "This device's name (default: FIELDBOOK_DEVICE_NAME, else the host's).", valueName: "name"))
  var device: String?

  func name(_ variables: [String: String]) -> String {
    if let told = device ?? variables["FIELDBOOK_DEVICE_NAME"], !told.isEmpty { return told }
    let host = ProcessInfo.processInfo.hostName.split(separator: ".").first.map(String.init)
    return host ?? "device"
  }

  /// The person that the device writes for.
  static func owner(_ variables: [String: String]) -> String {
    for name in ["FIELDBOOK_USER", "USER", "LOGNAME"] {
      if let user = variables[name], !user.isEmpty { return user }
    }
    return NSUserName()
  }
}

/// What `init` and `clone` made.
struct ReplicaDocument: Document {
  var workspaceID: String
  var workspaceName: String
  var deviceID: String
  var deviceName: String
  var dir: String
  var isPending: Bool

  init(_ workspace: Workspace) {
    let device = workspace.device
    workspaceID = workspace.id.hex
    workspaceName = workspace.name
    deviceID = device.key.id
    deviceName = device.name
    dir = workspace.dir
    isPending = workspace.isPending
  }

  var json: JSON {
    [
      "workspace": ["id": .string(workspaceID), "name": .string(workspaceName)],
      "device": ["id": .string(deviceID), "name": .string(deviceName)],
      "dir": .string(dir), "pending": .bool(isPending),
    ]
  }

  /// A person has been told by the status line.
  func lay(on sheet: inout Sheet) {}
}
