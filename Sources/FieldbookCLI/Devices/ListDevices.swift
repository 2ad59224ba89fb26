import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct ListDevices: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the devices that write here.",
    discussion: """
      With --verbose also how far each device's logs are known here.

      Example:
        fieldbook devices
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      console.show(DeviceList(devices: try workspace.devices()))
      let open = try workspace.quarantined().filter { !$0.isRejected }.count
      if open > 0 { console.next("fieldbook devices quarantine list") }
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
        device.isRevoked ? Phrase("revoked", .red) : Phrase(device.role.rawValue),
        Phrase(Wording.ago(device.enrolledTime, now: sheet.now)),
        Phrase(device.lastSeen.map { Wording.ago($0, now: sheet.now) } ?? ""),
        Phrase(device.key.id, .faint),
      ])
      if let off = device.clockOffset, sheet.isVerbose || abs(off) >= 10_000 {
        let amount = Wording.duration(milliseconds: abs(off))
        table.row([
          Phrase(
            "  clock \(amount) \(off < 0 ? "behind" : "ahead")",
            abs(off) < 10_000 ? .faint : .yellow),
          "", "", "", "", "",
        ])
      }
      guard sheet.isVerbose else { continue }
      for log in device.logs {
        table.row([
          Phrase("  log " + Hex.encode(log.epoch.bytes), .faint), "", "", "", "",
          Phrase("up to \(log.number)", .faint),
        ])
      }
    }
    sheet.table(table)
  }
}

extension Device {
  var json: JSONValue {
    [
      "id": .string(key.id), "key": .string(key.hex), "name": .string(name),
      "owner": .string(owner), "role": .string(role.rawValue), "revoked": .bool(isRevoked),
      "hub": .bool(isHub), "self": .bool(isSelf), "enrolled_at": .time(enrolledTime),
      "last_seen": .time(lastSeen),
      "clock_offset": clockOffset.map { .number(Double($0) / 1000) } ?? .null,
      "logs": .array(
        logs.map { log in
          ["epoch": .string(Hex.encode(log.epoch.bytes)), "seq": .integer(Int64(log.number))]
        }),
    ]
  }
}
