import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ListConflicts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List open conflicts, blocking ones first.",
    discussion: """
      Examples:
        fieldbook conflicts
        fieldbook conflicts --blocking --check     (for CI: status 3 if any)
      """)

  @Flag(name: .long, help: "Only those that hold something back.") var blocking = false
  @Flag(name: .long, help: "End with status 3 if any are open.") var check = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let isAnyOpen = try common.withWorkspace { workspace, console in
      workspace.mergeConfigsIfAble()
      let conflicts = try workspace.conflicts(blockingOnly: blocking)
      console.show(ConflictList(conflicts: conflicts))
      if let first = conflicts.first {
        console.hint(
          "look: fieldbook conflicts show \(ShortIDs.one(first.id)); decide: fieldbook conflicts review"
        )
      }
      return !conflicts.isEmpty
    }
    if check, isAnyOpen { throw ExitCode(Status.conflicts) }
  }
}

struct ConflictList: Document {
  var conflicts: [Conflict]

  var json: JSON { ["conflicts": .array(conflicts.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    guard !conflicts.isEmpty else { return sheet.line("no conflicts") }
    let ids = ShortIDs(conflicts.map(\.id))
    for conflict in conflicts {
      sheet.gap()
      sheet.line(
        Phrase(ids(conflict.id), .cyan) + "  " + conflict.entity.phrase + "  "
          + Phrase(conflict.fieldWords) + (conflict.isBlocking ? Phrase("  blocking", .red) : ""))
      sheet.table(conflict.sideTable(now: sheet.now), indent: 2)
    }
  }
}

extension Conflict {
  func sideTable(now: Timestamp) -> Table {
    var table = Table(
      [.init("", shrinks: false), .init(""), .init(""), .init("", shrinks: false), .init("")],
      hasHeadings: false)
    for side in sides {
      table.row([
        Phrase(side.letter, .bold), brief(side),
        Phrase("\(side.author) on \(side.device)"),
        Phrase(Wording.ago(side.time, now: now), .faint)
          + (side.isSuspect ? Phrase(" suspect clock", .yellow) : ""),
        Phrase(marks(side), .faint),
      ])
    }
    return table
  }

  /// Of a text of several lines, the first that differs from the base.
  private func brief(_ side: ConflictSide) -> Phrase {
    if let assessment = Assessment(side.value, of: field) { return assessment.summary }
    guard let base, let value = side.value, value.contains(where: \.isNewline),
      let line = LineDifference(from: base, to: value).lines.first(where: { $0.change == .added })
    else { return Wording.brief(side.value) }
    return Phrase("… ", .faint) + Phrase(line.text)
  }

  private func marks(_ side: ConflictSide) -> String {
    let isShown = !isBlocking && shown == side.value
    return [side.isMine ? "mine" : nil, isShown ? "shown" : nil].compactMap { $0 }
      .joined(separator: ", ")
  }
}
