import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ListPurges: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purges",
    abstract: "List what was purged, why, and who has confirmed.",
    discussion: """
      A device has confirmed when it said that it holds the purge, or wrote with it in its past. \
      From then on its replica holds nothing of what was purged.

      Example:
        fieldbook purges
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      console.show(PurgeList(purges: try workspace.purges()))
    }
  }
}

struct PurgeList: Document {
  var purges: [PurgeRecord]

  var json: JSON {
    [
      "purges": .array(
        purges.map { purge in
          [
            "op": .string(purge.op), "entity": .string(purge.entity.hex), "time": .time(purge.time),
            "device": .string(purge.author), "values": .integer(Int64(purge.values)),
            "reason": .string(purge.reason), "subject": .optional(purge.subject),
            "unconfirmed": .array(purge.unconfirmed.map { .string($0) }),
          ]
        })
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard !purges.isEmpty else { return sheet.line("nothing was purged") }
    var table = Table([
      .init("when", shrinks: false), .init("by"), .init("of", shrinks: false), .init("what"),
      .init("why"), .init("not confirmed"),
    ])
    for purge in purges {
      table.row([
        Phrase(Wording.ago(purge.time, now: sheet.now)), Phrase(purge.author),
        Phrase(purge.entity.short), Phrase(purge.subject ?? Wording.count(purge.values, "value")),
        Wording.brief(purge.reason), Phrase(purge.unconfirmed.joined(separator: ", ")),
      ])
    }
    sheet.table(table)
  }
}
