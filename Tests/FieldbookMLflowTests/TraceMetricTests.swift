import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@testable import FieldbookMLflow

@Suite("Measures over traces")
struct TraceMetricTests {
  private static let path = "/api/3.0/mlflow/traces/metrics"

  /// A trace of half a minute after the one before, which took as many milliseconds as told.
  private static func note(
    _ workspace: Workspace, _ durations: [Int64], name: String = "ask"
  ) throws {
    for (place, duration) in durations.enumerated() {
      var draft = TraceDraft(name: "\(name)-\(place)", experiment: Experiment.defaultID)
      draft.requestTime = Timestamp(milliseconds: 1_767_323_040_000 + Int64(place) * 30_000)
      draft.duration = duration
      draft.state = place == 0 ? .error : .ok
      draft.tags = [EntryKey(unchecked: TraceKey.traceName): name]
      draft.metadata[TraceKey.tokenUsage] = "{\"input_tokens\": \(duration)}"
      _ = try workspace.noteTrace(draft, durability: .script)
    }
  }

  private static func asked(
    _ name: String, _ summaries: [JSON], view: String = "TRACES", _ more: [(String, JSON)] = []
  ) -> JSON {
    let all: [(String, JSON)] = [
      ("experiment_ids", .array([.string("0")])), ("view_type", .string(view)),
      ("metric_name", .string(name)), ("aggregations", .array(summaries)),
    ]
    return .object((all + more).map { JSON.Member(name: $0.0, value: $0.1) })
  }

  private static func kind(_ name: String, _ percent: Double? = nil) -> JSON {
    .object([
      "aggregation_type": .string(name), "percentile_value": percent.map { .number($0) },
    ])
  }

  @Test("sums, means and percentiles, by name and by time")
  func figures() async throws {
    try await ServedWorkspace.serve { served in
      try Self.note(served.workspace, [10, 20, 40])
      try Self.note(served.workspace, [7], name: "tell")
      let kinds = [
        Self.kind("AVG"), Self.kind("MIN"), Self.kind("MAX"), Self.kind("PERCENTILE", 75),
      ]
      let answer = try await served.post(
        Self.path,
        Self.asked("latency", kinds, [("dimensions", .array([.string("trace_name")]))]))
      let points = answer.json["data_points"]?.items
      #expect(points?.count == 2)
      #expect(
        points?.first
          == .object([
            "metric_name": .string("latency"),
            "dimensions": .object(["trace_name": .string("ask")]),
            "values": .object([
              "AVG": .number(70.0 / 3), "MAX": .number(40), "MIN": .number(10),
              "P75.0": .number(30),
            ]),
          ]))
      let byMinute = try await served.post(
        Self.path,
        Self.asked(
          "input_tokens", [Self.kind("SUM")],
          [
            ("time_interval_seconds", .integer(60)), ("start_time_ms", .integer(0)),
            ("end_time_ms", .integer(4_102_444_800_000)),
            ("filters", .array([.string("trace.tag.`mlflow.traceName` = 'ask'")])),
          ]))
      let minutes = byMinute.json["data_points"]?.items ?? []
      #expect(
        minutes.map { $0["dimensions"]?["time_bucket"] } == [
          .string("2026-01-02T03:04:00+00:00"), .string("2026-01-02T03:05:00+00:00"),
        ])
      #expect(minutes.map { $0["values"]?["SUM"] } == [.number(30), .number(40)])
    }
  }

  @Test("whole numbers that are too large together are summed as any")
  func large() async throws {
    try await ServedWorkspace.serve { served in
      try Self.note(served.workspace, [.max / 2, .max / 2, .max / 2])
      let answer = try await served.post(
        Self.path, Self.asked("input_tokens", [Self.kind("SUM")]))
      #expect(answer.status == 200)
      let earliest = try await served.post(
        Self.path,
        Self.asked(
          "trace_count", [Self.kind("COUNT")],
          [
            ("time_interval_seconds", .integer(.max / 4000)), ("start_time_ms", .integer(.min)),
            ("end_time_ms", .integer(.max)),
          ]))
      #expect(earliest.json["data_points"]?.items?.first?["values"]?["COUNT"] == .number(3))
    }
  }

  @Test("spans by what they called, and assessments that say yes or no")
  func spansAndAssessments() async throws {
    try await ServedWorkspace.serve { served in
      let trace = TraceID(EntityKey(high: 1, low: 2))
      var batch = ProtobufWriter()
      batch.message(1) { group in
        group.message(2) { scope in
          for (number, model) in [(UInt64(1), "large"), (2, "small"), (3, "small")] {
            scope.message(2) { span in
              span.bytes(1, trace.key.bytes)
              span.bytes(2, TraceSpan.bytes(number))
              span.text(5, "call")
              span.fixed64(7, 1_767_323_045_000_000_000)
              span.fixed64(8, 1_767_323_045_000_000_000 + number * 1_900_000)
              span.message(9) { attribute in
                attribute.text(1, TraceKey.spanModel)
                attribute.message(2) { $0.text(1, model) }
              }
            }
          }
        }
      }
      #expect(
        try await served.send(
          "POST", "/v1/traces", body: batch.bytes, type: "application/x-protobuf"
        ).status == 200)
      let models = try await served.post(
        Self.path,
        Self.asked(
          "span_count", [Self.kind("COUNT")], view: "SPANS",
          [("dimensions", .array([.string("span_model_name")]))]))
      let points = models.json["data_points"]?.items ?? []
      #expect(
        points.map { $0["dimensions"]?["span_model_name"] } == [
          .string("large"), .string("small"),
        ])
      #expect(points.map { $0["values"]?["COUNT"] } == [.number(1), .number(2)])
      let took = try await served.post(
        Self.path, Self.asked("latency", [Self.kind("MAX")], view: "SPANS"))
      #expect(took.json["data_points"]?.items?.first?["values"]?["MAX"] == .number(5))
      for value in [JSON.string("Yes "), .bool(false), .number(0.5), .string("maybe")] {
        let told = try await served.post(
          "/api/3.0/mlflow/traces/\(trace.traceText)/assessments",
          .object([
            "assessment": .object([
              "assessment_name": .string("fits"), "feedback": .object(["value": value]),
              "source": .object(["source_type": .string("CODE"), "source_id": .string("t")]),
            ])
          ]))
        #expect(told.status == 200)
      }
      let held = try await served.post(
        Self.path, Self.asked("assessment_value", [Self.kind("AVG")], view: "ASSESSMENTS"))
      #expect(held.json["data_points"]?.items?.first?["values"]?["AVG"] == .number(0.5))
    }
  }

  @Test(
    "what does not fit together is refused",
    arguments: [
      (asked("bogus", [kind("COUNT")]), "metric_name must be one of ['trace_count', "),
      (asked("latency", [kind("SUM")]), "Found invalid aggregation_type(s): ['SUM']. Supported"),
      (
        asked("latency", [kind("AVG")], [("dimensions", .array([.string("trace_status")]))]),
        "Found invalid dimension(s): ['trace_status']. Supported dimensions: ['trace_name']"
      ),
      (
        asked("latency", [kind("PERCENTILE", 101)]),
        "Percentile value must be between 0 and 100, got 101.0"
      ),
      (
        asked("trace_count", [kind("COUNT")], [("time_interval_seconds", .integer(60))]),
        "start_time_ms and end_time_ms are required if time_interval_seconds is set"
      ),
      (
        asked("trace_count", [kind("COUNT")], [("filters", .array([.string("span.name = 'a'")]))]),
        "Filtering by span is only supported for SPANS view type, got TRACES"
      ),
      (
        asked("trace_count", [kind("COUNT")], [("max_results", .integer(100_001))]),
        "Invalid value 100001 for parameter 'max_results' supplied"
      ),
      (
        asked("latency", Array(repeating: kind("AVG"), count: 101)),
        "More than 100 aggregations in one request."
      ),
      (
        asked(
          "trace_count", [kind("COUNT")],
          [
            (
              "filters",
              .array(Array(repeating: .string("trace.metadata.k = 'v'"), count: 101))
            )
          ]),
        "More than 100 filters in one request."
      ),
    ])
  func refused(body: JSON, text: String) async throws {
    try await ServedWorkspace.serve { served in
      let answer = try await served.post(Self.path, body)
      #expect(answer.status == 400)
      #expect(answer.message.hasPrefix(text), "\(answer.message)")
    }
  }

  @Test("the page finds the spans of a trace in one file, and what was attached to it")
  func files() async throws {
    try await ServedWorkspace.serve { served in
      let one = "/ajax-api/3.0/mlflow/get-trace-artifact?request_id="
      try Self.note(served.workspace, [1])
      #expect(try await served.get(one + "none").message == "Trace with ID none is not found.")
      let empty = try await served.get(one + "ask-0")
      #expect(empty.code == "NOT_FOUND")
      #expect(empty.message == "Trace data not found for path=traces.json")
      let id = "6f1c2a34-1b2c-4d5e-8f90-123456789abc"
      let place = "/api/2.0/mlflow-artifacts/artifacts/0/traces/ask-0/artifacts/"
      for (name, text) in [("attachments/" + id, "picture"), ("traces.json", "{\"spans\":[]}")] {
        let put = try await served.send("PUT", place + name, body: Array(text.utf8))
        #expect(put.status == 200)
      }
      #expect(try await served.get(one + "ask-0").text == "{\"spans\":[]}")
      #expect(try await served.get(one + "ask-0&path=" + id).text == "picture")
      let climbing = try await served.get(one + "ask-0&path=..%2Ftraces.json")
      #expect(climbing.status == 400)
      #expect(
        try await served.get(one + "ask-0&path=traces.json").message
          == "Invalid attachment path: 'traces.json'. Attachment path must be a valid UUID.")
    }
  }
}
