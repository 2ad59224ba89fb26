import FieldbookDocuments
import FieldbookModel
import FieldbookMoving

/// What was there against what is here.
struct MoveDocument: Document {
  enum Direction {
    case `in`
    /// Counted, and nothing taken in.
    case counted
    case out
  }

  var report: MoveReport
  var direction: Direction

  private var isDryRun: Bool { direction == .counted }
  /// On either end: where things come from is counted first.
  private var names: (from: String, to: String) {
    direction == .out ? ("here", "there") : ("there", "here")
  }

  var json: JSON {
    [
      "place": .string(report.source), "dry_run": .bool(isDryRun),
      "complete": isDryRun ? .null : .bool(report.isComplete),
      "kinds": .object(
        report.kinds.map { kind in
          let from = JSON.Member(name: names.from, value: .count(report.there[kind]))
          let to = JSON.Member(name: names.to, value: .count(report.arrived[kind]))
          return .init(name: kind.rawValue, value: .object(isDryRun ? [from] : [from, to]))
        }),
      "new_runs": direction == .in ? .count(report.fresh[.runs]) : .null,
      "changed_here": .count(report.kept), "conflicts": .count(report.disputed),
      "left": .array(
        report.left.map { left in
          [
            "kind": .string(left.kind.rawValue), "example": .string(left.name),
            "reason": .string(left.reason), "count": .count(left.count),
          ]
        }),
      "notes": .strings(report.notes),
    ]
  }

  func lay(on sheet: inout Sheet) {
    var table = Table(
      [
        .init("", shrinks: false), .init(names.from, isRightAligned: true, shrinks: false),
      ] + (isDryRun ? [] : [.init(names.to, isRightAligned: true, shrinks: false), .init("")]))
    for kind in report.kinds {
      let (there, here) = (report.there[kind], report.arrived[kind])
      var row = [Phrase(kind.words), Phrase(String(there))]
      if !isDryRun {
        row += [
          Phrase(String(here)),
          there == here
            ? Phrase("")
            : Phrase("\(abs(there - here)) \(there > here ? "missing" : "more")", .red),
        ]
      }
      table.row(row)
    }
    sheet.table(table)
    if !report.left.isEmpty {
      sheet.heading("left \(names.from)")
      for left in report.left {
        sheet.line(
          Phrase("  \(left.kind.words(left.count)): ") + Phrase(left.reason)
            + Phrase("  (\(left.name))", .faint))
      }
    }
    guard direction == .in else { return }
    sheet.gap()
    var words = ["\(Wording.count(report.fresh[.runs], "run")) new here"]
    if report.kept > 0 {
      words.append(Amount.of(report.kept, "value") + " changed here since the import")
    }
    if report.disputed > 0 {
      words.append(Amount.of(report.disputed, "value") + " changed on both sides: in conflict")
    }
    sheet.line(Phrase(words.joined(separator: ", ")))
  }
}
