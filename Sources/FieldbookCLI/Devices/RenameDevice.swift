import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct RenameDevice: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename",
    abstract: "Give a device another name.",
    discussion: """
      Everyone may rename their own device; another one, an admin.

      Example:
        fieldbook devices rename laptop-7f "ana's laptop"
      """)

  @Argument(help: .device) var device: String
  @Argument(help: "The new name.") var name: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.changeDevice(device) { workspace, device, console in
      try workspace.renameDevice(device.key, to: name)
      console.status(Phrase("renamed device \(device.name) to ") + Phrase(name, .bold))
    }
  }
}

struct ChangeRole: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role",
    abstract: "Change what a device may do.",
    discussion: """
      reader looks; writer also records and decides; admin also lets others in, revokes and \
      purges. What a device wrote before it heard of the change still counts. Admins only.

      Example:
        fieldbook devices role ana-laptop admin
      """)

  @Argument(help: .device) var device: String
  @Argument(help: "reader, writer or admin.") var role: Role
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.changeDevice(device) { workspace, device, console in
      try workspace.setRole(role, of: device.key)
      console.status(
        Phrase("device ") + Phrase(device.name, .bold) + Phrase(" is now \(role.withArticle)"))
    }
  }
}

extension Role {
  fileprivate var withArticle: String { self == .admin ? "an admin" : "a \(rawValue)" }
}

extension CommonOptions {
  /// One change of one device; with `--json` shows it as it is then.
  func changeDevice(
    _ reference: String, _ body: (Workspace, Device, Console) throws -> Void
  ) throws {
    try withWorkspace { workspace, console in
      let device = try workspace.device(reference)
      try body(workspace, device, console)
      if console.isJSON {
        let now = try workspace.devices().filter { $0.key == device.key }
        console.show(DeviceList(devices: now))
      }
    }
  }
}
