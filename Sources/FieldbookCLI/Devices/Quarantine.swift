import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct Quarantine: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What revoked devices wrote: look, accept, reject.",
    discussion: """
      Examples:
        fieldbook devices quarantine list
        fieldbook devices quarantine accept ana-laptop --through 3f2a91c0
        fieldbook devices quarantine reject ana-laptop
      """,
    subcommands: [ListQuarantined.self, AcceptQuarantined.self, RejectQuarantined.self],
    defaultSubcommand: ListQuarantined.self)
}

struct ListQuarantined: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List what is kept without effect.",
    discussion: """
      Example:
        fieldbook devices quarantine list
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      console.show(QuarantineDocument(parts: try workspace.quarantined()))
    }
  }
}

struct QuarantineDocument: Document {
  var parts: [Quarantined]

  var json: JSON {
    [
      "quarantined": .array(
        parts.map { part in
          [
            "device": .string(part.deviceName), "device_id": .string(part.device.id),
            "log": .string(part.log.description),
            "first_seq": .integer(Int64(part.numbers.lowerBound)),
            "last_seq": .integer(Int64(part.numbers.upperBound)),
            "ops": .integer(Int64(part.numbers.count)), "first_time": .time(part.first),
            "last_time": .time(part.last), "last_op": .string(part.op),
            "things": .array(part.things.map { .string($0) }), "rejected": .bool(part.isRejected),
          ]
        })
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard !parts.isEmpty else { return sheet.line("nothing is in quarantine") }
    var table = Table([
      .init("device"), .init("changes", shrinks: false), .init("from", shrinks: false),
      .init("to", shrinks: false), .init("of"), .init("last op", shrinks: false),
    ])
    let ids = ShortIDs(parts.map(\.op))
    for part in parts {
      table.row([
        Phrase(part.deviceName, .bold) + Phrase(part.isRejected ? " (rejected)" : "", .faint),
        Phrase(String(part.numbers.count)), Phrase(Wording.ago(part.first, now: sheet.now)),
        Phrase(Wording.ago(part.last, now: sheet.now)),
        Phrase(part.things.joined(separator: ", ")), Phrase(ids(part.op), .cyan),
      ])
    }
    sheet.table(table)
  }
}

struct AcceptQuarantined: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Give effect to what a revoked device wrote.",
    discussion: """
      All that is here of it, or up to one change and what goes with it. The device stays \
      revoked. Admins only.

      Examples:
        fieldbook devices quarantine accept ana-laptop
        fieldbook devices quarantine accept ana-laptop --through 3f2a91c0
      """)

  @Argument(help: .device) var device: String
  @Option(
    name: .long,
    help: .init("The last change to accept (from: fieldbook history REF).", valueName: "op"))
  var through: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.changeDevice(device) { workspace, device, console in
      try workspace.acceptQuarantined(of: device, through: through)
      let left = try workspace.quarantined().filter { $0.device == device.key }
        .reduce(0) { $0 + $1.numbers.count }
      console.status(
        Phrase("accepted; \(left == 0 ? "nothing" : Wording.count(left, "change")) of ")
          + Phrase(device.name, .bold) + Phrase(" left in quarantine"))
    }
  }
}

struct RejectQuarantined: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reject",
    abstract: "Note that it was looked at and stays without effect.",
    discussion: """
      It stays in the log, and can be accepted later. Admins only.

      Example:
        fieldbook devices quarantine reject ana-laptop
      """)

  @Argument(help: .device) var device: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.changeDevice(device) { workspace, device, console in
      try workspace.rejectQuarantined(of: device)
      console.status(Phrase("rejected what is in quarantine of ") + Phrase(device.name, .bold))
    }
  }
}
