import FieldbookDocuments
import FieldbookModel
import FieldbookSync

/// What an exchange with one peer came to.
struct SyncOutcome {
  var report: SyncReport
  /// What went wrong; nil when all went well.
  var failure: String?

  var json: JSON {
    [
      "name": .string(report.name), "pulled_ops": .count(report.pulledOps),
      "pushed_ops": .count(report.pushedOps), "pulled_points": .count(report.pulledPoints),
      "pushed_points": .count(report.pushedPoints), "bytes_in": .count(report.bytesIn),
      "bytes_out": .count(report.bytesOut), "round_trips": .count(report.roundTrips),
      "snapshots": .count(report.snapshots),
      "seconds": .number(report.seconds), "error": .optional(failure),
    ]
  }

  /// `took in 12 changes and 300 points, gave 3 changes`.
  var words: String {
    let took = SyncOutcome.amount(report.pulledOps, report.pulledPoints, report.snapshots)
    let gave = SyncOutcome.amount(report.pushedOps, report.pushedPoints, 0)
    switch (took, gave) {
    case (nil, nil): return "nothing new"
    case (let took?, nil): return "took in \(took)"
    case (nil, let gave?): return "gave \(gave)"
    case (let took?, let gave?): return "took in \(took), gave \(gave)"
    }
  }

  private static func amount(_ ops: Int, _ points: Int, _ snapshots: Int) -> String? {
    let parts = [
      ops > 0 ? Wording.count(ops, "change") : nil,
      points > 0 ? Wording.count(points, "metric point") : nil,
      snapshots > 0 ? Wording.count(snapshots, "snapshot") : nil,
    ].compactMap { $0 }
    guard let last = parts.last else { return nil }
    return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
  }
}

struct SyncDocument: Document {
  var outcomes: [SyncOutcome]
  var newConflicts: Int
  var total: Int
  var blocking: Int

  var json: JSON {
    [
      "peers": .array(outcomes.map(\.json)),
      "conflicts": [
        "new": .count(newConflicts), "total": .count(total), "blocking": .count(blocking),
      ],
    ]
  }

  func lay(on sheet: inout Sheet) {
    for outcome in outcomes where outcome.failure == nil {
      let bytes = Int64(outcome.report.bytesIn + outcome.report.bytesOut)
      sheet.line(
        Phrase(outcome.report.name, .bold) + Phrase(": \(outcome.words)")
          + Phrase(
            "  (\(Wording.bytes(bytes)) in \(Wording.duration(milliseconds: Int64(outcome.report.seconds * 1000))))",
            .faint))
    }
    guard total > 0 else { return }
    let new = newConflicts > 0 ? ", \(newConflicts) new" : ""
    let holding = blocking > 0 ? ", \(blocking) blocking" : ""
    sheet.line(
      Phrase(Wording.count(total, "conflict"), .yellow)
        + Phrase(" to decide\(new)\(holding)"))
  }
}

/// What `sync --dry-run` says.
struct SyncPlan: Document {
  var plan: [(name: String, ops: Int)]
  var total: Int
  var blocking: Int

  var json: JSON {
    [
      "peers": .array(
        plan.map {
          // What they have for us is known only to them.
          [
            "name": .string($0.name), "pulled_ops": .null, "pushed_ops": .count($0.ops),
            "pulled_points": .null, "pushed_points": .null, "bytes_in": .count(0),
            "bytes_out": .count(0), "round_trips": .count(0), "snapshots": .null,
            "seconds": .number(0),
            "error": .null,
          ]
        }),
      "conflicts": ["new": .count(0), "total": .count(total), "blocking": .count(blocking)],
      "dry_run": .bool(true),
    ]
  }

  func lay(on sheet: inout Sheet) {
    for (name, ops) in plan {
      sheet.line(
        Phrase(name, .bold)
          + Phrase(ops == 0 ? ": nothing to send" : ": would send \(Wording.count(ops, "change"))"))
    }
  }
}
