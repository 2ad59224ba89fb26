import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ShowConflict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one conflict: the base and each side's change.",
    discussion: """
      Example:
        fieldbook conflicts show 4be1
      """)

  @Argument(help: "The beginning of a conflict's id.") var id: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      workspace.mergeConfigsIfAble()
      let conflict = try workspace.conflict(id)
      console.show(
        ConflictDocument(conflict: conflict, merge: ConflictMerge(conflict, in: workspace)))
    }
  }
}

extension Conflict {
  /// Of a file that holds its text.
  var fileEnding: String {
    guard isConfigText else { return ".md" }
    return ConfigName.endings.first(where: entity.name.hasSuffix) ?? ".yaml"
  }
}

struct ConflictDocument: Document {
  var conflict: Conflict
  var merge: ConflictMerge?

  var json: JSON { conflict.document(merge) }

  func lay(on sheet: inout Sheet) {
    layValues(on: &sheet)
    layChoices(on: &sheet)
  }

  /// Everything but how to decide.
  func layValues(on sheet: inout Sheet) {
    sheet.line(
      conflict.entity.phrase + "  " + Phrase(conflict.fieldWords, .bold)
        + (conflict.isBlocking ? Phrase("  blocking", .red) : ""))
    sheet.line(Phrase(conflict.id, .faint))
    sheet.heading(conflict.base == nil ? "no common base" : "base: \(conflict.baseWords)")
    if let base = conflict.base { lay(base, on: &sheet) }
    for side in conflict.sides { lay(side, on: &sheet) }
    sheet.gap()
    let holds = conflict.isBlocking ? "answers until decided: " : "shown until decided: "
    let shown = Assessment(conflict.shown, of: conflict.field)?.summary
    sheet.line(Phrase(holds, .faint) + (shown ?? Wording.brief(conflict.shown)))
  }

  private func lay(_ value: String, on sheet: inout Sheet) {
    if let assessment = Assessment(value, of: conflict.field) {
      assessment.layParts(on: &sheet)
    } else {
      sheet.block(value)
    }
  }

  private func lay(_ side: ConflictSide, on sheet: inout Sheet) {
    sheet.gap()
    sheet.line(
      Phrase("side \(side.letter)", .bold)
        + Phrase(
          ": \(side.author) on \(side.device), \(Wording.ago(side.time, now: sheet.now))"
            + (side.isMine ? ", mine" : ""))
        + (side.isSuspect ? Phrase(", suspect clock", .yellow) : ""))
    guard let value = side.value else { return sheet.line(Phrase("  (removed)", .faint)) }
    if let base = conflict.base, value.contains("\n") || base.contains("\n") {
      let difference = LineDifference(from: base, to: value)
      (sheet.isVerbose ? difference : difference.near(context: 2)).lay(on: &sheet, indent: 2)
    } else {
      lay(value, on: &sheet)
    }
  }

  private func layChoices(on sheet: inout Sheet) {
    let id = ShortIDs.one(conflict.id)
    sheet.heading("decide")
    var choices = [
      ("--take \(conflict.sides.map(\.letter).joined(separator: "|"))", "one side")
    ]
    if conflict.base != nil { choices.append(("--base", conflict.baseWords)) }
    if conflict.takesAnyValue {
      choices.append(("--value V", "something else"))
    }
    switch merge {
    case .clean: choices.append(("--merge", "both: the edits do not touch each other"))
    case .overlapping: choices.append(("--edit", "by hand: the edits overlap"))
    case nil: break
    }
    sheet.pairs(
      choices.map { ("fieldbook conflicts resolve \(id) \($0.0)", Phrase($0.1)) }, indent: 2)
  }
}
