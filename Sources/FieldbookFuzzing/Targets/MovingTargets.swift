import FieldbookModel
import FieldbookMoving
import FieldbookTestSupport
import Foundation

extension FuzzTarget {
  /// What other trackers wrote, and whoever gave it to us.
  static let moving: [FuzzTarget] = [
    FuzzTarget("wandb-record", maxBytes: 2048, seeds: [wandbRun, wandbHistory]) { bytes in
      _ = try WandBRecord(bytes[...])
    },
    FuzzTarget("tensorboard-event", maxBytes: 2048, seeds: [scalarEvent]) { bytes in
      _ = try TensorBoardEvent(bytes[...])
    },
    FuzzTarget("store-meta", maxBytes: 1024, seeds: [Array(meta.utf8)]) { bytes in
      _ = try StoreMeta(bytes.text)
    },
    FuzzTarget("stored-span", maxBytes: 2048, seeds: [span, oldSpan, sentSpan]) { bytes in
      let span = try StoredSpan(JSONParser.parse(bytes)).span
      let form = Array(span.stored(trace: span.trace.traceText).json.utf8)
      let again = try StoredSpan(JSONParser.parse(form)).span
      try promise(
        again.stored(trace: span.trace.traceText).json.utf8.elementsEqual(form),
        "stored span: written again it is another")
      _ = try TraceSpan(protobuf: span.protobuf[...])
    },
    FuzzTarget("yaml-trace", maxBytes: 2048, seeds: [Array(trace.utf8)]) { bytes in
      let json = try YAMLTree.json(bytes.text)
      _ = ForeignTrace(info: json, experiment: "e")
      guard let assessment = Assessment(protobuf: json) else { return }
      _ = try AssessmentCoding.encode(assessment)
    },
    FuzzTarget("wandb-log", maxBytes: 4096, rounds: 200, seeds: [LogFile.magic + framed]) { bytes in
      try played(bytes) { path in
        let file = try LogFile(path)
        while try file.next() != nil {}
      }
    },
    FuzzTarget("csv", maxBytes: 2048, rounds: 200, seeds: [Array(table.utf8)]) { bytes in
      try played(bytes) { path in
        let rows = try CSVRows(path)
        while try rows.row() != nil {}
      }
    },
    FuzzTarget("table-frames", maxBytes: 2048, seeds: [frames]) { bytes in
      let line = SpokenBytes(bytes)
      let tables = ParquetTables(line) { .unsupported($0, hint: "") }
      while !line.rest.isEmpty {
        do {
          let rows = try tables.rows("table")
          while try rows.row() != nil {}
        } catch is MovingFailure {}
      }
    },
    FuzzTarget("event-file", maxBytes: 4096, rounds: 200, seeds: [emptyRecord]) { bytes in
      try played(bytes) { path in
        let file = try TFRecordFile(path)
        while try file.next() != nil {}
      }
    },
  ]

  /// As a file.
  private static func played(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try body(path)
  }

  /// A record of no bytes: its check, its length, whole.
  private static let framed: [UInt8] = [0x1b, 0xdf, 0x05, 0xa5, 0, 0, 1]

  private static let emptyRecord: [UInt8] =
    [UInt8](repeating: 0, count: 8) + [0x29, 0x03, 0x98, 0x07] + [0xd8, 0xea, 0x82, 0xa2]

  /// `run_id`, `project`, a config of one value.
  private static let wandbRun: [UInt8] = {
    let item = message([(1, Array("lr".utf8)), (16, Array("{\"a\":[1,NaN]}".utf8))])
    let config = message([(1, item)])
    return message([
      (17, message([(1, Array("x1".utf8)), (3, Array("churn".utf8)), (4, config)]))
    ])
  }()

  private static let wandbHistory: [UInt8] = message([
    (2, message([(1, message([(2, Array("loss".utf8)), (16, Array("0.5".utf8))]))]))
  ])

  private static let scalarEvent: [UInt8] = message([
    (5, message([(1, message([(1, Array("loss".utf8)), (9, message([(1, [0x0a, 0x00])]))]))]))
  ])

  private static let span = Array(
    #"""
    {"trace_id": "imMLs0TrS3w9WNBmELVLzw==", "span_id": "7ZNB/bnwxFY=", "parent_span_id": null, "name": "a",
    "start_time_unix_nano": 1, "end_time_unix_nano": 2, "events": [{"name": "e", "time_unix_nano": 1, "attributes":
    {"at": 1}}], "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": {"x": "{\"n\": [1.5, null]}"},
    "links": [{"trace_id": "tr-8a630bb344eb4b7c3d58d06610b54bcf", "span_id": "ed9341fdb9f0c456", "attributes": {}}]}
    """#.utf8)
  private static let oldSpan = Array(
    #"""
    {"name": "a", "context": {"span_id": "0x1d8d441aaa07b25d", "trace_id": "3c2843589fe90911e933712d5354bfbc"},
    "parent_id": null, "start_time": 1, "end_time": 2, "status_code": "ERROR", "status_message": "m", "attributes":
    {"x": "\"y\""}, "events": [{"name": "e", "timestamp": 1, "attributes": {}}]}
    """#.utf8)
  private static let sentSpan = Array(
    #"""
    {"trace_id": "imMLs0TrS3w9WNBmELVLzw==", "span_id": "7ZNB/bnwxFY=", "name": "a", "start_time_unix_nano": "1",
    "attributes": [{"key": "k", "value": {"kvlist_value": {"values": [{"key": "b", "value": {"int_value": "5"}}]}}}]}
    """#.utf8)

  private static let trace = """
    trace_id: tr-8a630bb344eb4b7c3d58d06610b54bcf
    request_time: '2026-11-22T03:01:46.605Z'
    execution_duration_ms: 1
    state: ERROR
    assessment_id: a-1
    create_time: '2026-11-22T03:01:46.694Z'
    feedback: {value: [1.0e-05, true, .nan]}
    metadata:
      seen: 'yes'
    """

  private static let frames = Array(
    "d\0\0\0\u{4}a,b\nd\0\0\0\u{4}1,2\ne\0\0\0\0x\0\0\0\u{3}why".utf8)

  private static let table = "a,b\r\n\"x, \"\"y\"\"\nz\",2\n"

  private static let meta = """
    name: churn
    artifact_location: 'file:///a b'
    tags: {a: "b\\n"}
    end_time: null
    """

  /// Fields that are messages, texts or bytes; each shorter than 128 bytes.
  private static func message(_ fields: [(number: Int, bytes: [UInt8])]) -> [UInt8] {
    var writer = ProtobufWriter()
    for field in fields { writer.bytes(field.number, field.bytes) }
    return writer.bytes
  }
}

/// What a program said, all of it before it was asked.
private final class SpokenBytes: ParquetTables.Line {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func write(_ bytes: [UInt8]) -> Bool { !rest.isEmpty }

  func read(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  func ending() -> String { "here" }
}
