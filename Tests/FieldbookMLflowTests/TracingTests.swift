import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMLflow

@Suite("Traces over HTTP")
struct TracingTests {
  private static let hex = "0123456789abcdeffedcba9876543210"
  private static let name = "tr-" + hex
  private static let v3 = "/api/3.0/mlflow/traces"

  private static func spans(_ count: UInt64 = 1) -> [UInt8] {
    var out = ProtobufWriter()
    out.message(1) { group in
      group.message(2) { scope in
        for number in 1...count {
          scope.message(2) { span in
            span.bytes(1, EntityKey(hex: hex)?.bytes ?? [])
            span.bytes(2, TraceSpan.bytes(number))
            if number > 1 { span.bytes(4, TraceSpan.bytes(1)) }
            span.text(5, "step \(number)")
            span.fixed64(7, 1_763_697_600_000_000_000)
            span.fixed64(8, 1_763_697_600_250_000_000)
            span.message(9) { attribute in
              attribute.text(1, "answer")
              attribute.message(2) { $0.varint(3, 42) }
            }
          }
        }
      }
    }
    return out.bytes
  }

  private func send(
    _ served: ServedWorkspace, _ body: [UInt8], _ headers: [String: String] = [:],
    type: String = "application/x-protobuf"
  ) async throws -> ServedWorkspace.Answer {
    try await served.send("POST", "/v1/traces", body: body, type: type, headers: headers)
  }

  @Test("an exporter's spans are taken in, packed or not, and read as OpenTelemetry writes them")
  func intake() async throws {
    try await ServedWorkspace.serve { served in
      #expect(try await send(served, Self.spans()).status == 200)
      let answer = try await served.get(Self.v3 + "/get?trace_id=" + Self.name)
      let trace = answer.json["trace"]
      #expect(trace?["trace_info"]?["state"] == .string("OK"))
      #expect(trace?["trace_info"]?["execution_duration"] == .string("0.250s"))
      #expect(trace?["trace_info"]?["request_time"] == .string("2025-11-21T04:00:00Z"))
      let span = trace?["spans"]?.items?.first
      #expect(span?["trace_id"] == .string("ASNFZ4mrze/+3LqYdlQyEA=="))
      #expect(span?["span_id"] == .string("AAAAAAAAAAE="))
      #expect(
        span?["attributes"]?.items?.first
          == .object(["key": .string("answer"), "value": .object(["int_value": .integer(42)])]))
      // The same request once more is the same spans.
      let packed = try Self.gzip(Self.spans(2))
      #expect(
        try await send(served, packed, ["Content-Encoding": "gzip"]).status == 200)
      let again = try await served.get(Self.v3 + "/batchGet?trace_ids=\(Self.name)&trace_ids=none")
      #expect(again.json["traces"]?.items?.count == 1)
      #expect(again.json["traces"]?.items?.first?["spans"]?.items?.count == 2)
    }
  }

  /// As stored blocks.
  private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let crc = ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1
      }
    }
    let size = UInt16(bytes.count)
    var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]
    for word in [size, ~size] { out += [UInt8(word & 0xff), UInt8(word >> 8)] }
    out += bytes
    for word in [crc, UInt32(bytes.count)] {
      withUnsafeBytes(of: word.littleEndian) { out.append(contentsOf: $0) }
    }
    return out
  }

  @Test("what is no request of an exporter is refused, and nothing is kept")
  func refused() async throws {
    try await ServedWorkspace.serve { served in
      for (body, headers, type) in [
        (Self.spans(), [:], "application/json"), ([], [:], "application/x-protobuf"),
        ([0x0a, 0xff], [:], "application/x-protobuf"),
        (Self.spans(), ["Content-Encoding": "gzip"], "application/x-protobuf"),
        (Self.spans(), ["Content-Encoding": "br"], "application/x-protobuf"),
        (Self.spans(), ["x-mlflow-experiment-id": "12345"], "application/x-protobuf"),
      ] as [([UInt8], [String: String], String)] {
        let answer = try await send(served, body, headers, type: type)
        #expect((400..<500).contains(answer.status), "\(headers) \(type)")
      }
      #expect(try served.workspace.traces(TraceQuery()).items.isEmpty)
    }
  }

  @Test("without the token nobody tells anything")
  func token() async throws {
    try await ServedWorkspace.serve(token: "secret") { served in
      let answer = try await send(served, Self.spans(), ["Authorization": "Bearer wrong"])
      #expect(answer.status == 401)
      #expect(try await send(served, Self.spans()).status == 200)
    }
  }

  @Test("a trace with a name of the client's own, told, judged, tagged and deleted")
  func lifecycle() async throws {
    try await ServedWorkspace.serve { served in
      let home = try await served.makeExperiment("home")
      let info: JSON = .object([
        "trace_id": .string("my trace"),
        "trace_location": .object([
          "mlflow_experiment": .object(["experiment_id": .string(home)])
        ]),
        "request_time": .string("2026-11-21T04:06:04.120Z"), "execution_duration": .string("1.5s"),
        "state": .string("ERROR"), "trace_metadata": .object(["a": .string("b")]),
      ])
      let told = try await served.post(
        Self.v3, .object(["trace": .object(["trace_info": info])]))
      let answered = told.json["trace"]?["trace_info"]
      #expect(answered?["trace_id"] == .string("my trace"))
      #expect(answered?["request_time"] == .string("2026-11-21T04:06:04.120Z"))
      #expect(answered?["execution_duration"] == .string("1.500s"))
      #expect(answered?["trace_metadata"]?["mlflow.trace.infoFinalized"] == .string("true"))
      let path = Self.v3 + "/my%20trace"
      let made = try await served.post(
        path + "/assessments",
        .object([
          "assessment": .object([
            "assessment_name": .string("tone"), "feedback": .object(["value": .number(0.5)]),
            "source": .object(["source_type": .string("HUMAN"), "source_id": .string("ana")]),
          ])
        ]))
      let id = try #require(made.json["assessment"]?["assessment_id"]?.string)
      let changed = try await served.send(
        "PATCH", path + "/assessments/" + id,
        body: JSON.object([
          "assessment": .object(["rationale": .string("because")]),
          "update_mask": .string("rationale"),
        ]).utf8)
      #expect(changed.json["assessment"]?["rationale"] == .string("because"))
      #expect(changed.json["assessment"]?["feedback"]?["value"] == .number(0.5))
      #expect(
        try await served.get(path + "/assessments/none").message
          == "Assessment with ID 'none' not found for trace 'my trace'")
      let gone = try await served.post(
        Self.v3 + "/delete-traces",
        .object([
          "experiment_id": .string(home), "request_ids": .array([.string("my trace")]),
        ]))
      #expect(gone.json["traces_deleted"] == .integer(1))
      #expect(
        try await served.get(path).message == "Trace with ID 'my trace' not found.")
    }
  }

  @Test("two who change different parts of one assessment at once both find theirs")
  func togetherChanged() async throws {
    try await ServedWorkspace.serve { served in
      #expect(try await send(served, Self.spans()).status == 200)
      let path = Self.v3 + "/\(Self.name)/assessments"
      let made = try await served.post(
        path,
        .object([
          "assessment": .object([
            "assessment_name": .string("tone"), "feedback": .object(["value": .number(0.5)]),
            "source": .object(["source_type": .string("HUMAN"), "source_id": .string("ana")]),
          ])
        ]))
      let id = try #require(made.json["assessment"]?["assessment_id"]?.string)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<20 {
          let told = JSON.object([
            "assessment": .object(["metadata": .object(["k\(number)": .string("v")])]),
            "update_mask": .string("metadata"),
          ])
          group.addTask {
            try await served.send("PATCH", path + "/" + id, body: told.utf8).status
          }
        }
        return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
      }
      #expect(statuses == [200])
      let found = try await served.get(path + "/" + id)
      guard case .object(let members) = found.json["assessment"]?["metadata"] else {
        Issue.record("no metadata")
        return
      }
      #expect(members.count == 20)
    }
  }

  @Test("clients of before MLflow 3 begin and end a trace")
  func before() async throws {
    try await ServedWorkspace.serve { served in
      let begun = try await served.post(
        "traces",
        .object([
          "experiment_id": .string("0"), "timestamp_ms": .integer(1000),
          "tags": .array([.object(["key": .string("k"), "value": .string("v")])]),
        ]))
      let id = try #require(begun.json["trace_info"]?["request_id"]?.string)
      #expect(begun.json["trace_info"]?["status"] == .string("IN_PROGRESS"))
      let ended = try await served.send(
        "PATCH", "traces/" + id,
        body: JSON.object(["timestamp_ms": .integer(1500), "status": .string("OK")]).utf8)
      #expect(ended.json["trace_info"]?["execution_time_ms"] == .integer(500))
      let found = try await served.get("traces?experiment_ids=0&filter=tags.k%20%3D%20%27v%27")
      #expect(found.json["traces"]?.items?.first?["request_id"] == .string(id))
    }
  }

  @Test("moments and durations as Protocol Buffers write them")
  func times() {
    for text in ["2026-11-21T04:06:04.120Z", "1969-12-31T23:59:59.999Z", "2000-02-29T00:00:00Z"] {
      #expect(ProtobufTime.time(text).map(ProtobufTime.text) == text)
    }
    #expect(
      ProtobufTime.time("2026-11-21T06:06:04.123456789+02:00")
        == ProtobufTime.time("2026-11-21T04:06:04.123Z"))
    for text in ["", "2026-11-21", "2026-13-21T04:06:04Z", "2026-11-21T04:06:04", "x"] {
      #expect(ProtobufTime.time(text) == nil)
    }
    #expect(ProtobufTime.duration(-1250) == "-1.250s")
    #expect(ProtobufTime.milliseconds(duration: "1.25s") == 1250)
    #expect(ProtobufTime.milliseconds(duration: "1") == nil)
  }
}

/// As OpenTelemetry's SDKs send what is no plain value. Answers: MLflow 3.17's (`make differential`, trace_texts).
@Suite("Attributes that come as JSON in a text")
struct PackedAttributeTests {
  private static let v3 = "/api/3.0/mlflow/traces"

  private static func request(_ attributes: [(String, String)]) -> [UInt8] {
    var out = ProtobufWriter()
    out.message(1) { group in
      group.message(2) { scope in
        scope.message(2) { span in
          span.bytes(1, EntityKey(high: 0, low: 7).bytes)
          span.bytes(2, TraceSpan.bytes(1))
          span.text(5, "root")
          span.fixed64(7, 1_763_697_600_000_000_000)
          span.fixed64(8, 1_763_697_600_250_000_000)
          for (key, text) in attributes {
            span.message(9) { attribute in
              attribute.text(1, key)
              attribute.message(2) { $0.text(1, text) }
            }
          }
        }
      }
    }
    return out.bytes
  }

  private static let name = "tr-" + EntityKey(high: 0, low: 7).hex

  private func serve(
    _ attributes: [(String, String)],
    _ body: @escaping @Sendable (ServedWorkspace) async throws -> Void
  ) async throws {
    let request = Self.request(attributes)
    try await ServedWorkspace.serve { served in
      let told = try await served.send(
        "POST", "/v1/traces", body: request, type: "application/x-protobuf")
      #expect(told.status == 200)
      try await body(served)
    }
  }

  @Test("is answered as what it says; what is kept is what was sent")
  func answers() async throws {
    let sent = [
      ("map", #"{"a":1,  "b": ["x"]}"#), ("list", " [true]"), ("text", #""word""#),
      ("number", "7"), ("cut", #"{"a": 1"#), ("plain", "words"),
    ]
    try await serve(sent) { served in
      for path in ["/get?trace_id=", "/batchGet?trace_ids="] {
        let answer = try await served.get(Self.v3 + path + Self.name).json
        let trace = answer["trace"] ?? answer["traces"]?.items?.first
        let values = (trace?["spans"]?.items?.first?["attributes"]?.items ?? []).prefix(6).map {
          $0["value"]?.pythonText ?? ""
        }
        #expect(
          values == [
            #"{"kvlist_value": {"values": [{"key": "a", "value": {"int_value": 1}}, {"key": "b", "value": "#
              + #"{"array_value": {"values": [{"string_value": "x"}]}}}]}}"#,
            #"{"array_value": {"values": [{"bool_value": true}]}}"#, #"{"string_value": "word"}"#,
            #"{"string_value": "7"}"#, #"{"string_value": "{\"a\": 1"}"#,
            #"{"string_value": "words"}"#,
          ])
      }
      let id = TraceID(EntityKey(high: 0, low: 7))
      let kept = try served.workspace.spans(of: id).first?.attributes.map(\.value.text)
      #expect(kept == sent.map(\.1))
    }
  }

  @Test(
    "is searched as it was written, and found as text and session that it says",
    arguments: [
      (#"span.content LIKE '%"a\":1,  %'"#, true), (#"span.content LIKE '%\\\"a%'"#, false),
      // MLflow reads the type before it unpacks.
      ("span.type = 'TOOL'", false), ("span.attributes.word = 'word'", true),
      ("metadata.`mlflow.trace.session` = 's1'", true), ("trace.text ILIKE '%WORDS%'", true),
    ])
  func searches(filter: String, isFound: Bool) async throws {
    let sent = [
      ("map", #"{"a":1,  "b": ["x"]}"#), ("mlflow.spanType", #""TOOL""#), ("word", #""word""#),
      ("session.id", #""s1""#), ("plain", "words"),
    ]
    try await serve(sent) { served in
      let found = try served.workspace.traces(TraceQuery(filter: filter)).items
      #expect(found.count == (isFound ? 1 : 0))
    }
  }

  @Test(
    "is shown as the last message of it, or as it was written",
    arguments: [
      (
        #"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "why?"}]}"#,
        "why?"
      ),
      (
        #"{"input": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "t"}]}]}"#,
        "t"
      ),
      (#"{"request": {"input": [{"role": "user", "content": ["so"]}]}}"#, "so"),
      (#"{"messages": []}"#, #"{"messages": []}"#),
      (#"{"question":"who?"}"#, #"{"question":"who?"}"#),
      (#""who?""#, #""who?""#), ("who?", #""who?""#),
      (
        #"{"messages":[{"role": "user", "content": ""}]}"#,
        #"{"messages":[{"role": "user", "content": ""}]}"#
      ),
    ])
  func previews(sent: String, shown: String) async throws {
    try await serve([("mlflow.spanInputs", sent)]) { served in
      let trace = try served.workspace.trace(TraceID(EntityKey(high: 0, low: 7)))
      #expect(trace.requestPreview == shown)
    }
  }
}
