import ArgumentParser
import FieldbookDocuments
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
      if entries.isEmpty, let field {
        let all = Set(try workspace.history(reference.key, field: nil).map(\.field))
        throw NoSuchField(field, of: reference, among: all, typed: reference.typed(ref))
      }
      console.show(HistoryDocument(entries: entries))
    }
  }
}

struct HistoryDocument: Document {
  var entries: [HistoryEntry]

  var json: JSON { ["entries": .array(entries.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    guard !entries.isEmpty else { return sheet.line("no changes") }
    let shown = entries.filter { sheet.isVerbose || !$0.isCaptured }
    let ids = ShortIDs(entries.map(\.op))
    var table = Table([
      .init("op", shrinks: false), .init("when", shrinks: false), .init("who"), .init("field"),
      .init("change"),
    ])
    for entry in shown {
      table.row([
        Phrase(ids(entry.op), .cyan), Phrase(Wording.ago(entry.time, now: sheet.now)),
        Phrase("\(entry.author) on \(entry.device)"),
        Phrase(entry.field.words([entry.after, entry.before])), entry.change,
      ])
    }
    sheet.table(table)
    if shown.count < entries.count {
      let hidden = Wording.count(entries.count - shown.count, "captured value")
      sheet.line(Phrase("and \(hidden), with --verbose", .faint))
    }
  }
}

extension HistoryEntry {
  /// Set by programs, once, when a run began: seldom what one looks for.
  var isCaptured: Bool {
    guard before == nil, let member = field.split.member else { return false }
    return field.split.family == "environment"
      || field.split.family == "tags" && Run.isOwnTag(String(member))
  }

  /// `old → new`, or the new value alone where there was none.
  var change: Phrase {
    let family = field.split.family
    if family == "labels" { return Phrase(after == nil ? "(removed)" : "(added)", .faint) }
    let now = after == nil && before != nil ? Phrase("(removed)", .faint) : brief(after)
    guard let before else { return now }
    return brief(before) + Phrase(" → ", .faint) + now
  }

  private func brief(_ value: String?) -> Phrase {
    guard let value else { return Wording.brief(nil) }
    if let assessment = Assessment(value, of: field) { return assessment.summary }
    switch field.split.family {
    case "start_time", "created_time":
      return Phrase(Int64(value).map { Wording.moment(Timestamp(milliseconds: $0)) } ?? value)
    case "artifacts":
      // A hash and a size.
      let parts = value.split(separator: " ")
      guard parts.count == 2, let bytes = Int64(parts[1]) else { return Wording.brief(value) }
      return Phrase(String(parts[0].prefix(12))) + Phrase(", \(Wording.bytes(bytes))")
    default: return Wording.brief(worded(value))
    }
  }
}
