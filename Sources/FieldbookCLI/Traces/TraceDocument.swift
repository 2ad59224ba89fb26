import FieldbookDocuments
import FieldbookModel

/// One trace, whole: its spans as a tree.
struct TraceDocument: Document {
  var trace: Trace
  /// Roots first, then by their beginning.
  var spans: [TraceSpan]

  var json: JSON {
    trace.json.adding([
      "spans": .array(spans.map(\.json)), "conflicts": .strings(trace.conflicts),
    ])
  }

  func lay(on sheet: inout Sheet) {
    let id = trace.title == trace.name ? Phrase("") : "  " + Phrase(trace.name, .faint)
    sheet.line(Phrase(trace.title, .bold) + id + "  " + trace.statePhrase)
    sheet.pairs([
      ("experiment", Phrase(trace.experimentName)),
      (
        "asked",
        Phrase(Wording.ago(trace.requestTime, now: sheet.now))
          + Phrase("  \(Wording.moment(trace.requestTime))", .faint)
      ),
      ("took", trace.duration == nil ? nil : trace.tookPhrase),
      ("tokens", tokens), ("cost", trace.usage.totalCost.map { Phrase(Wording.dollars($0)) }),
      ("run", trace.metadata[TraceKey.sourceRun].map { Phrase(ShortIDs.one($0)) }),
      ("session", trace.metadata[TraceKey.session].map { Phrase($0) }),
      ("request", trace.requestPreview.map { Wording.brief(Wording.plain($0)) }),
      ("response", trace.responsePreview.map { Wording.brief(Wording.plain($0)) }),
    ])
    laySpans(on: &sheet)
    layAssessments(on: &sheet)
    layPairs("tags", trace.tags, on: &sheet)
    if sheet.isVerbose { layPairs("metadata", trace.metadata, on: &sheet) }
    guard !trace.conflicts.isEmpty else { return }
    sheet.gap()
    sheet.line(
      Phrase(Wording.count(trace.conflicts.count, "conflict") + ": ", .yellow)
        + Phrase(trace.conflicts.map { ShortIDs.one($0) }.joined(separator: ", ")))
  }

  private var tokens: Phrase? {
    guard let total = trace.usage.totalTokens else { return nil }
    let parts = [
      trace.usage.inputTokens.map { "\($0) in" }, trace.usage.outputTokens.map { "\($0) out" },
    ].compactMap { $0 }
    return Phrase(String(total))
      + (parts.isEmpty ? "" : Phrase("  " + parts.joined(separator: ", "), .faint))
  }

  private func layPairs(_ title: String, _ pairs: [String: String], on sheet: inout Sheet) {
    let shown = pairs.filter { sheet.isVerbose || !Run.isOwnTag($0.key) }
    guard !shown.isEmpty else { return }
    sheet.heading(title)
    sheet.pairs(
      shown.sorted { $0.key < $1.key }.map { ($0.key, Wording.brief($0.value)) }, indent: 2)
  }

  // MARK: The tree

  private func laySpans(on sheet: inout Sheet) {
    guard !spans.isEmpty else { return }
    sheet.gap()
    let rows = SpanTree.rows(spans)
    let hasTokens = spans.contains { $0.usage.totalTokens != nil }
    var columns: [Table.Column] = [
      .init("spans"), .init("type", shrinks: false),
      .init("took", isRightAligned: true, shrinks: false),
    ]
    if hasTokens { columns.append(.init("tokens", isRightAligned: true, shrinks: false)) }
    columns.append(.init(""))
    var table = Table(columns)
    for row in rows {
      let span = row.span
      var cells = [
        Phrase("  " + row.branch, .faint) + Phrase(span.name),
        Phrase(span.type == "UNKNOWN" ? "" : span.type.lowercased(), .faint), span.tookPhrase,
      ]
      if hasTokens { cells.append(Phrase(span.usage.totalTokens.map(String.init) ?? "")) }
      cells.append(
        span.status == .error
          ? Phrase(span.statusMessage.isEmpty ? "error" : span.statusMessage, .red) : "")
      table.row(cells)
    }
    sheet.table(table)
    guard sheet.isVerbose else { return }
    for span in rows.map(\.span) where !span.attributes.isEmpty {
      sheet.heading(span.name)
      sheet.pairs(
        span.attributes.sorted { $0.key < $1.key }.map {
          ($0.key, Wording.brief($0.value.text ?? $0.value.json))
        }, indent: 2)
    }
  }

  private func layAssessments(on sheet: inout Sheet) {
    guard !trace.assessments.isEmpty else { return }
    sheet.gap()
    var table = Table([
      .init("assessments"), .init("value"), .init("by", shrinks: false), .init(""),
    ])
    for one in trace.assessments {
      table.row([
        Phrase("  ") + one.subject,
        one.isValid ? one.finding : one.finding + Phrase(" (overridden)", .faint),
        Phrase(one.sourceWords),
        one.rationale.map { Wording.brief($0) } ?? "",
      ])
    }
    sheet.table(table)
  }
}

/// Spans below those that they are parts of.
enum SpanTree {
  struct Row {
    /// `├─ `, `│  └─ `; nothing for a root. Of what lies very deep the nearest lines, after the depth.
    var branch: String
    var span: TraceSpan
  }

  /// Deeper spans would be cut on most terminals.
  private static let deepest = 10
  private static let nearest = 4

  /// Each span once, whatever they say of each other. Those whose parent is not here are roots.
  static func rows(_ spans: [TraceSpan]) -> [Row] {
    let known = Set(spans.map(\.id))
    var below: [UInt64: [TraceSpan]] = [:]
    var roots: [TraceSpan] = []
    for span in spans {
      if let parent = span.parent, parent != span.id, known.contains(parent) {
        below[parent, default: []].append(span)
      } else {
        roots.append(span)
      }
    }
    var rows: [Row] = []
    var seen: Set<UInt64> = []
    func branch(_ margin: String, _ end: String, _ depth: Int) -> String {
      guard depth > deepest else { return margin + end }
      return "(\(depth)) " + margin.suffix(3 * nearest) + end
    }
    // A stack, last first: a trace can be deeper than a stack of calls.
    func walk(_ first: TraceSpan) {
      var open = [(span: first, branch: "", margin: "", depth: 0)]
      while let next = open.popLast() {
        guard seen.insert(next.span.id).inserted else { continue }
        rows.append(Row(branch: next.branch, span: next.span))
        let parts = below[next.span.id] ?? []
        for (index, part) in parts.enumerated().reversed() {
          let isLast = index == parts.count - 1
          let depth = next.depth + 1
          open.append(
            (
              part, branch(next.margin, isLast ? "└─ " : "├─ ", depth),
              String((next.margin + (isLast ? "   " : "│  ")).suffix(3 * deepest)), depth
            ))
        }
      }
    }
    for root in roots { walk(root) }
    // Circles have no root.
    for span in spans where !seen.contains(span.id) { walk(span) }
    return rows
  }
}

extension TraceSpan {
  fileprivate var milliseconds: Double? {
    guard let end, end >= start else { return nil }
    return Double(end - start) / 1_000_000
  }

  fileprivate var tookPhrase: Phrase {
    guard let milliseconds else { return Phrase("running", .cyan) }
    return Phrase(
      milliseconds < 1000
        ? Wording.number((milliseconds * 10).rounded() / 10) + " ms"
        : Wording.duration(milliseconds: Int64(clamping: Int(milliseconds))))
  }

  fileprivate var json: JSON {
    func time(_ nanoseconds: UInt64) -> JSON {
      .time(Timestamp(milliseconds: Int64(clamping: nanoseconds / 1_000_000)))
    }
    return [
      "span_id": .string(Hex.encode(TraceSpan.bytes(id))),
      "parent_id": .optional(parent.map { Hex.encode(TraceSpan.bytes($0)) }),
      "name": .string(name), "type": .string(type), "status": .string(status.rawValue),
      "status_message": .string(statusMessage), "start_time": time(start),
      "end_time": end.map(time) ?? .null,
      "duration_ms": milliseconds.map { .number($0) } ?? .null, "usage": usage.json,
      "attributes": .object(
        attributes.map { .init(name: $0.key, value: .string($0.value.text ?? $0.value.json)) }),
      "events": .strings(events.map(\.name)),
    ]
  }
}
