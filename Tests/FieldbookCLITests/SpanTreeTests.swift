import FieldbookModel
import Testing

@testable import FieldbookCLI

@Suite("Spans as a tree")
struct SpanTreeTests {
  private func span(_ id: UInt64, below parent: UInt64? = nil) throws -> TraceSpan {
    var out = ProtobufWriter()
    out.bytes(1, EntityKey(high: 1, low: 2).bytes)
    out.bytes(2, TraceSpan.bytes(id))
    if let parent { out.bytes(4, TraceSpan.bytes(parent)) }
    out.text(5, "step \(id)")
    return try TraceSpan(protobuf: out.bytes[...])
  }

  private func lines(_ spans: [TraceSpan]) -> [String] {
    SpanTree.rows(spans).map { $0.branch + $0.span.name }
  }

  @Test("parts are below what they are parts of")
  func tree() throws {
    let spans = try [span(1), span(2, below: 1), span(3, below: 2), span(4, below: 1)]
    #expect(lines(spans) == ["step 1", "├─ step 2", "│  └─ step 3", "└─ step 4"])
  }

  @Test("each once, though they go in circles or their parents are not here")
  func circles() throws {
    let spans = try [span(1, below: 2), span(2, below: 1), span(3, below: 9), span(4, below: 4)]
    #expect(lines(spans).count == 4)
    #expect(Set(lines(spans).map { $0.suffix(6) }).count == 4)
  }

  @Test("what lies very deep says how deep, and keeps its name in sight")
  func deep() throws {
    let spans = try (1...300).map { try span($0, below: $0 > 1 ? $0 - 1 : nil) }
    let found = lines(spans)
    #expect(found[10] == String(repeating: "   ", count: 9) + "└─ step 11")
    #expect(found[11] == "(11)             └─ step 12")
    #expect(found[299] == "(299)             └─ step 300")
  }
}
