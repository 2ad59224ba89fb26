import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

/// What is equal, within tolerance, different.
struct VerificationDocument: Document {
  var verification: RunVerification

  private typealias Verdict = RunVerification.Verdict
  private typealias Section = RunVerification.Section

  // MARK: For scripts

  var json: JSON {
    [
      "first": side(verification.first), "second": side(verification.second),
      "verified": .bool(verification.isVerified),
      "has_results": .bool(verification.hasResults),
      "unfinished": .strings(verification.unfinished.map(\.id.hex)),
      "tolerance": tolerance,
      "sections": .object(
        Section.allCases.map { section in
          .init(
            name: section.rawValue,
            value: .object(
              Verdict.allCases.map {
                .init(name: $0.rawValue, value: .count(verification.count($0, in: section)))
              }))
        }),
      "findings": .array(verification.findings.map(\.json)),
    ]
  }

  private func side(_ run: Run) -> JSON {
    [
      "run_id": .string(run.id.hex), "name": .string(run.name),
      "status": .string(run.state.status.rawValue), "device": .string(run.device),
    ]
  }

  private var tolerance: JSON {
    let bounds =
      [(String?.none, verification.tolerance.general)]
      + verification.tolerance.named.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return .array(
      bounds.map { metric, bound in
        [
          "metric": .optional(metric), "absolute": bound.absolute.map { .number($0) } ?? .null,
          "relative": bound.relative.map { .number($0) } ?? .null,
        ]
      })
  }

  // MARK: For people

  func lay(on sheet: inout Sheet) {
    let ids = ShortIDs([verification.first.id.hex, verification.second.id.hex])
    let names = [verification.first, verification.second].map { run in
      Phrase(run.name, .bold) + Phrase(" " + ids(run.id.hex), .faint)
    }
    sheet.line(names[0] + Phrase(" against ") + names[1])
    sheet.gap()
    layCounts(on: &sheet)
    layFindings("different", .different, .red, on: &sheet)
    layFindings("within tolerance", .within, .yellow, on: &sheet)
    layFindings("not compared", .unknown, .yellow, on: &sheet)
    layFindings("differs, and does not count", .told, .faint, on: &sheet)
    if sheet.isVerbose { layFindings("equal", .equal, .plain, on: &sheet) }
    sheet.gap()
    let different = verification.count(.different)
    sheet.line(
      verification.isVerified
        ? Phrase("verified", .green) + Phrase(": nothing that counts differs")
        : Phrase("not verified", .red)
          + Phrase(": " + Amount.of(different, "difference")))
  }

  private func layCounts(on sheet: inout Sheet) {
    var table = Table(
      [.init("", shrinks: false)]
        + [Verdict.equal, .within, .different].map {
          .init($0.rawValue, isRightAligned: true, shrinks: false)
        })
    for section in Section.allCases
    where verification.findings.contains(where: {
      $0.section == section
    }) {
      func cell(_ verdict: Verdict, _ tint: Tint) -> Phrase {
        let count = verification.count(verdict, in: section)
        return Phrase(String(count), count == 0 ? .faint : tint)
      }
      table.row([
        Phrase(section.rawValue), cell(.equal, .green), cell(.within, .yellow),
        cell(.different, .red),
      ])
    }
    sheet.table(table)
  }

  private static let namesMax = 40

  private func layFindings(
    _ title: String, _ verdict: Verdict, _ tint: Tint, on sheet: inout Sheet
  ) {
    let found = verification.findings.filter { $0.verdict == verdict }
    guard !found.isEmpty else { return }
    sheet.heading(title)
    var table = Table(
      [.init("", shrinks: false), .init(""), .init(""), .init(""), .init("")], hasHeadings: false)
    let shown = sheet.isVerbose ? found[...] : found.prefix(VerificationDocument.namesMax)
    for finding in shown {
      table.row([
        Phrase("  " + finding.section.rawValue, .faint), Phrase(finding.key, tint),
        finding.brief(finding.first), finding.brief(finding.second),
        Phrase(finding.words ?? "", .faint),
      ])
    }
    sheet.table(table)
    if shown.count < found.count {
      sheet.line(Phrase("  … and \(found.count - shown.count) more: --verbose", .faint))
    }
  }
}

extension RunVerification.Finding {
  fileprivate var json: JSON {
    let own: JSON = [
      "section": .string(section.rawValue), "key": .string(key),
      "verdict": .string(verdict.rawValue), "first": .optional(first), "second": .optional(second),
      "reason": .optional(reason),
    ]
    return own.adding(["history": history?.json ?? .null])
  }

  /// Hashes in short.
  fileprivate func brief(_ value: String?) -> Phrase {
    guard let value else { return Phrase("-", .faint) }
    let isHash = section == .artifacts || section == .code
    return isHash && value.utf8.count >= 40 ? Phrase(ShortIDs.one(value)) : Wording.brief(value)
  }

  /// Values that lie near each other are told apart by their last digits.
  private func exact(_ value: Double) -> String {
    let text = value.isFinite ? value.description : Wording.number(value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// What the two values beside it do not say.
  fileprivate var words: String? {
    guard let history else { return reason }
    var words: [String] = []
    if let pair = history.firstDifferent ?? history.greatest {
      words.append(
        "at step \(pair.step): \(exact(pair.first)) and \(exact(pair.second))")
    }
    if let greatest = history.greatest, greatest.distance.isFinite {
      words.append("at most \(Wording.number(greatest.distance)) apart")
    }
    let lone = history.onlyInFirst + history.onlyInSecond
    if lone > 0 {
      let first = history.firstLone.map { ", first \($0)" } ?? ""
      words.append("\(Wording.count(lone, "step")) that one alone has\(first)")
    }
    return words.isEmpty ? nil : words.joined(separator: "; ")
  }
}

extension HistoryComparison {
  fileprivate var json: JSON {
    [
      "steps": .count(steps), "only_in_first": .count(onlyInFirst),
      "only_in_second": .count(onlyInSecond),
      "first_lone_step": firstLone.map { .integer($0) } ?? .null,
      "greatest": greatest?.json ?? .null, "first_different": firstDifferent?.json ?? .null,
    ]
  }
}

extension HistoryComparison.Pair {
  fileprivate var json: JSON {
    [
      "step": .integer(step), "first": .number(first), "second": .number(second),
      "distance": .number(distance),
    ]
  }
}
