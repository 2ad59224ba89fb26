import ArgumentParser
import FieldbookDocuments
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

  var json: JSON { ["devices": .array(devices.map(\.json))] }

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
