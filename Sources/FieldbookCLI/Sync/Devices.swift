import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the devices that write here.",
    discussion: """
      Example:
        fieldbook devices
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      console.show(DeviceList(devices: try workspace.devices()))
    }
  }
}

struct DeviceList: Document {
  var devices: [Device]

  var json: JSONValue { ["devices": .array(devices.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    var table = Table([
      .init("device"), .init("owner"), .init("role", shrinks: false),
      .init("since", shrinks: false), .init("last change", shrinks: false),
      .init("id", shrinks: false),
    ])
    for device in devices {
      let marks = (device.isHub ? " (hub)" : "") + (device.isSelf ? " (this one)" : "")
      table.row([
        Phrase(device.name, .bold) + Phrase(marks, .faint), Phrase(device.owner),
        Phrase(device.role.rawValue), Phrase(Wording.ago(device.enrolledTime, now: sheet.now)),
        Phrase(device.lastSeen.map { Wording.ago($0, now: sheet.now) } ?? ""),
        Phrase(device.key.id, .faint),
      ])
    }
    sheet.table(table)
  }
}

extension Device {
  var json: JSONValue {
    [
      "id": .string(key.id), "name": .string(name), "owner": .string(owner),
      "role": .string(role.rawValue), "hub": .bool(isHub), "self": .bool(isSelf),
      "enrolled_at": .time(enrolledTime), "last_seen": .time(lastSeen),
    ]
  }
}
