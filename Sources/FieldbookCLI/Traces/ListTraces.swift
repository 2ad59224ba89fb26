import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct ListTraces: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traces",
    abstract: "List traces; FILTER is MLflow's filter language.",
    discussion: """
      Examples:
        fieldbook traces
        fieldbook traces "status = 'ERROR' and tags.release = 'v2'"
        fieldbook traces "total_tokens > 1000" --order-by "total_cost DESC"
        fieldbook traces "span.type = 'LLM' and trace.text LIKE '%refund%'"
        fieldbook traces "feedback.correct = 'false'" --experiment support

      What is asked about: status, name, run_id, request_id, timestamp_ms, execution_time_ms, \
      tags.K, metadata.K, span.name, span.type, span.status, span.attributes.K, feedback.NAME, \
      expectation.NAME, trace.text. Beyond MLflow: input_tokens, output_tokens, total_tokens, \
      input_cost, output_cost, total_cost, spans, OR and parentheses.
      """)

  @Argument(help: "Which traces (default: all).")
  var filter: String = ""

  @Option(
    name: .long,
    help: .init(
      "Such as 'total_cost DESC'; may be repeated (default: newest first).", valueName: "order"))
  var orderBy: [String] = []

  @OptionGroup var page: PageOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let found = try workspace.traces(page.query(filter, orderBy, in: workspace))
      console.show(TraceList(traces: found.items, nextPageToken: found.nextPageToken))
      page.hint(found.nextPageToken, console)
    }
  }
}

struct TraceList: Document {
  var traces: [Trace]
  var nextPageToken: String?

  var json: JSON {
    [
      "traces": .array(traces.map(\.json)),
      "next_page_token": .optional(nextPageToken),
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard !traces.isEmpty else { return sheet.line("no traces") }
    let ids = ShortIDs(traces.map(\.id.hex))
    let hasTokens = traces.contains { $0.usage.totalTokens != nil }
    let hasCost = traces.contains { $0.usage.totalCost != nil }
    var columns: [Table.Column] = [
      .init("trace", shrinks: false), .init("asked", shrinks: false),
      .init("took", isRightAligned: true, shrinks: false), .init("state", shrinks: false),
    ]
    if hasTokens { columns.append(.init("tokens", isRightAligned: true, shrinks: false)) }
    if hasCost { columns.append(.init("cost", isRightAligned: true, shrinks: false)) }
    columns.append(.init("request"))
    var table = Table(columns)
    for trace in traces {
      var cells = [
        Phrase(ids(trace.id.hex), .faint),
        Phrase(Wording.ago(trace.requestTime, now: sheet.now)),
        trace.tookPhrase, trace.statePhrase,
      ]
      if hasTokens { cells.append(Phrase(trace.usage.totalTokens.map(String.init) ?? "")) }
      if hasCost { cells.append(Phrase(trace.usage.totalCost.map(Wording.dollars) ?? "")) }
      cells.append(
        trace.requestPreview.map { Phrase(Wording.plain($0)) } ?? Phrase(trace.title, .faint))
      table.row(cells)
    }
    sheet.table(table)
    layTotals(hasTokens, hasCost, on: &sheet)
  }

  private func layTotals(_ hasTokens: Bool, _ hasCost: Bool, on sheet: inout Sheet) {
    guard traces.count > 1, hasTokens || hasCost else { return }
    let tokens = traces.compactMap(\.usage.totalTokens).reduce(Int64(0)) {
      $0.addingReportingOverflow($1).partialValue
    }
    let cost = traces.compactMap(\.usage.totalCost).reduce(0, +)
    sheet.gap()
    let parts = [
      Wording.count(traces.count, "trace"), hasTokens ? "\(tokens) tokens" : nil,
      hasCost ? Wording.dollars(cost) : nil,
    ]
    sheet.line(Phrase(parts.compactMap { $0 }.joined(separator: ", "), .faint))
  }
}

extension Wording {
  /// `$0.0123`: two digits of a small sum, cents of a large one.
  static func dollars(_ amount: Double) -> String {
    amount.magnitude >= 1 || amount == 0
      ? "$" + String(format: "%.2f", amount) : "$" + String(format: "%.2g", amount)
  }
}

extension Trace {
  /// Nothing while it goes on.
  var tookPhrase: Phrase {
    guard let duration else { return "" }
    return Phrase(
      duration < 1000 ? "\(duration) ms" : Wording.duration(milliseconds: duration))
  }

  var statePhrase: Phrase {
    if lifecycle == .deleted { return Phrase("deleted", .red) }
    switch state {
    case .ok: return Phrase("ok", .green)
    case .error: return Phrase("error", .red)
    case .inProgress: return Phrase("running", .cyan)
    case .unspecified: return Phrase("unknown", .faint)
    }
  }

  /// What its root is called.
  var title: String { tags[TraceKey.traceName] ?? name }

  var json: JSON {
    [
      "trace_id": .string(name),
      "experiment": ["id": .string(experiment.decimal), "name": .string(experimentName)],
      "name": .optional(tags[TraceKey.traceName]),
      "state": .string(state.rawValue.lowercased()),
      "lifecycle": .string(lifecycle.rawValue),
      "request_time": .time(requestTime),
      "duration_ms": duration.map { .integer($0) } ?? .null,
      "request_preview": .optional(requestPreview),
      "response_preview": .optional(responsePreview),
      "client_request_id": .optional(clientRequestID),
      "run_id": .optional(metadata[TraceKey.sourceRun]),
      "session": .optional(metadata[TraceKey.session]),
      "usage": usage.json,
      "span_count": .count(spanCount),
      "metadata": .map(metadata), "tags": .map(tags),
      "assessments": .array(assessments.map(\.json)),
    ]
  }
}

extension TraceUsage {
  var json: JSON {
    .object(
      TraceUsage.tokenMembers.map { key, path in
        JSON.Member(name: key, value: self[keyPath: path].map { .integer($0) } ?? .null)
      }
        + TraceUsage.costMembers.map { key, path in
          JSON.Member(name: key, value: self[keyPath: path].map { .number($0) } ?? .null)
        })
  }
}

extension Assessment {
  var json: JSON {
    [
      "assessment_id": .string(id), "kind": .string(kind.rawValue), "name": .string(name),
      "value": .string(value), "error": .optional(trouble?.message ?? trouble?.code),
      "source_type": .string(sourceType), "source_id": .optional(sourceID),
      "create_time": .time(createdTime), "last_update_time": .time(lastUpdateTime),
      "span_id": .optional(span), "rationale": .optional(rationale), "metadata": .map(metadata),
      "overrides": .optional(overrides), "valid": .bool(isValid),
    ]
  }
}
