import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct History: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show who changed what, when.",
    discussion: """
      Examples:
        fieldbook history @last
        fieldbook history baseline description
        fieldbook history model:churn aliases.champion

      A change can be taken back: fieldbook undo OP
      """)

  @Argument(help: .reference) var ref: String
  @Argument(help: "Only this field: description, tags.K, aliases.A, lifecycle, …")
  var field: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let reference = try workspace.reference(ref)
      let entries = try workspace.history(reference.key, field: field.map { FieldName($0) })
      console.show(HistoryDocument(entries: entries))
    }
  }
}

struct HistoryDocument: Document {
  var entries: [HistoryEntry]

  var json: JSONValue { ["entries": .array(entries.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    guard !entries.isEmpty else { return sheet.line("no changes") }
    let ids = ShortIDs(entries.map(\.op))
    var table = Table([
      .init("op", shrinks: false), .init("when", shrinks: false), .init("who"), .init("field"),
      .init("change"),
    ])
    for entry in entries {
      table.row([
        Phrase(ids(entry.op), .cyan), Phrase(Wording.ago(entry.time, now: sheet.now)),
        Phrase("\(entry.author) on \(entry.device)"), Phrase(entry.field.text), entry.change,
      ])
    }
    sheet.table(table)
  }
}

extension HistoryEntry {
  var json: JSONValue {
    [
      "op": .string(op), "time": .time(time), "author": .string(author), "device": .string(device),
      "field": .string(field.text), "before": .optional(before), "after": .optional(after),
      "origin": .string(origin),
    ]
  }

  /// `old → new`, or the new value alone where there was none.
  var change: Phrase {
    let after =
      after == nil && before != nil ? Phrase("(removed)", .faint) : Wording.brief(after)
    guard let before else { return after }
    return Wording.brief(before) + Phrase(" → ", .faint) + after
  }
}
