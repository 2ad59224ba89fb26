import ArgumentParser

struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Who writes here: list, rename, roles, revoke.",
    discussion: """
      DEVICE is a device's name, or the beginning of its id.

      Examples:
        fieldbook devices
        fieldbook devices role ana-laptop admin
        fieldbook devices revoke ana-laptop          (it was stolen)
        fieldbook devices quarantine list
      """,
    subcommands: [
      ListDevices.self, RenameDevice.self, ChangeRole.self, Revoke.self, Quarantine.self,
      RotateKey.self,
    ],
    defaultSubcommand: ListDevices.self)
}

extension ArgumentHelp {
  static let device = ArgumentHelp(
    "A device's name, or the beginning of its id.", valueName: "device")
}
