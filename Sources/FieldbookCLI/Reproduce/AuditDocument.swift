import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

extension RunAudit.Check {
  fileprivate var mark: Phrase {
    switch state {
    case .ok: Phrase("ok", .green)
    case .partly: Phrase("partly", .yellow)
    case .missing: Phrase("missing", .red)
    case .notApplicable: Phrase("n/a", .faint)
    }
  }
}

extension RunAudit {
  func lay(on sheet: inout Sheet) {
    let id = ShortIDs.one(run.hex)
    sheet.line(
      Phrase(name, .bold) + Phrase(" " + id, .faint) + Phrase("  score ")
        + Phrase("\(score)", AuditTint.of(Double(score))) + Phrase(" of 100"))
    sheet.gap()
    var table = Table(
      [.init("", shrinks: false), .init("", shrinks: false), .init("")], hasHeadings: false)
    for check in checks {
      table.row([check.mark, Phrase(check.question.words), Phrase(check.found)])
    }
    sheet.table(table)
    let mends = lacks.compactMap { check in check.mend(of: id).map { (check.question, $0) } }
    guard !mends.isEmpty else { return }
    sheet.heading("what mends it")
    sheet.pairs(mends.map { ($0.0.words, Phrase($0.1)) }, indent: 2)
  }

  var markdown: String {
    var lines = ["# \(Markdown.text(name)): \(score) of 100", "", "Run `\(run.hex)`.", ""]
    for check in checks {
      let box = check.state == .ok ? "[x]" : "[ ]"
      let state =
        switch check.state {
        case .ok: ""
        case .partly: " (partly)"
        case .missing: " (missing)"
        case .notApplicable: " (not applicable)"
        }
      lines.append(
        "- \(box) **\(Markdown.text(check.question.words))**\(state): \(Markdown.text(check.found))"
      )
      if let mend = check.mend(of: run.hex) { lines.append("  - mend: \(Markdown.code(mend))") }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ExperimentAudit {
  func json(name: String) -> JSON {
    [
      "experiment": .string(name), "mean": mean.map { .number($0) } ?? .null,
      "lacks": .array(
        lacks.map { lack in
          [
            "name": .string(lack.question.rawValue), "runs": .count(lack.runs),
            "weight": .count(lack.question.weight), "mend": .optional(lack.mend),
          ]
        }),
      "runs": .array(
        runs.map { audit in
          let states = audit.checks.map { check in
            JSON.Member(name: check.question.rawValue, value: .string(check.state.rawValue))
          }
          return [
            "run_id": .string(audit.run.hex), "name": .string(audit.name),
            "score": .count(audit.score), "checks": .object(states),
          ]
        }),
    ]
  }

  private static let runsMax = 20

  func lay(on sheet: inout Sheet, name: String) {
    guard let mean else { return sheet.line(Phrase(name, .bold) + Phrase("  no runs")) }
    sheet.line(
      Phrase(name, .bold) + Phrase("  \(Wording.count(runs.count, "run")), mean score ")
        + Phrase(Wording.number((mean * 10).rounded() / 10), AuditTint.of(mean)) + Phrase(" of 100")
    )
    if !lacks.isEmpty {
      sheet.heading("lacking most")
      var table = Table(
        [.init("", isRightAligned: true, shrinks: false), .init("", shrinks: false), .init("")],
        hasHeadings: false)
      for lack in lacks {
        table.row([
          Phrase("\(lack.runs)"), Phrase(lack.question.words), Phrase(lack.mend ?? "", .faint),
        ])
      }
      sheet.table(table, indent: 2)
    }
    sheet.heading("runs, the lowest scores first")
    let ids = ShortIDs(runs.map(\.run.hex))
    let sorted = runs.enumerated().sorted { one, other in
      (one.element.score, one.offset) < (other.element.score, other.offset)
    }
    let shown = sheet.isVerbose ? sorted[...] : sorted.prefix(ExperimentAudit.runsMax)
    var table = Table(
      [
        .init("", isRightAligned: true, shrinks: false), .init("", shrinks: false), .init(""),
        .init(""),
      ], hasHeadings: false)
    for (_, audit) in shown {
      table.row([
        Phrase("\(audit.score)", AuditTint.of(Double(audit.score))),
        Phrase(ids(audit.run.hex), .faint), Phrase(audit.name),
        Phrase(audit.lacks.map(\.question.rawValue).joined(separator: ", "), .faint),
      ])
    }
    sheet.table(table, indent: 2)
    if shown.count < runs.count {
      sheet.line(Phrase("  … and \(runs.count - shown.count) more: --verbose", .faint))
    }
  }

  func markdown(name: String) -> String {
    var lines = ["# \(Markdown.text(name))", ""]
    guard let mean else { return (lines + ["No runs."]).joined(separator: "\n") + "\n" }
    lines.append(
      "\(Wording.count(runs.count, "run")), mean score **\(Wording.number((mean * 10).rounded() / 10))** of 100."
    )
    if !lacks.isEmpty {
      lines += ["", "| lacking | runs | what mends it |", "| --- | ---: | --- |"]
      lines += lacks.map { lack in
        let mend = lack.mend.map(Markdown.code) ?? ""
        return "| \(Markdown.text(lack.question.words)) | \(lack.runs) | \(mend) |"
      }
    }
    lines += ["", "| run | score | lacks |", "| --- | ---: | --- |"]
    lines += runs.map { audit in
      let lacks = audit.lacks.map(\.question.words).joined(separator: ", ")
      let run = "\(Markdown.text(audit.name)) `\(ShortIDs.one(audit.run.hex))`"
      return "| \(run) | \(audit.score) | \(lacks) |"
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

private enum AuditTint {
  static func of(_ score: Double) -> Tint { score >= 80 ? .green : score >= 50 ? .yellow : .red }
}

/// Texts of others in a Markdown document: they stay texts.
enum Markdown {
  /// Source: CommonMark 0.31, "Backslash escapes".
  static func text(_ text: String) -> String {
    var out = ""
    for character in Phrase(text).plain {
      if "\\`*_{}[]<>()#+!|~&".contains(character) { out.append("\\") }
      out.append(character)
    }
    return out
  }

  /// A code span; a pipe in it would end a cell.
  static func code(_ text: String) -> String {
    "`" + Phrase(text).plain.replacing("`", with: "'").replacing("|", with: "\\|") + "`"
  }
}
