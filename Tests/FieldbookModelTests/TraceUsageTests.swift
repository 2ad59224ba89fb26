import Testing

@testable import FieldbookModel

@Suite("Tokens and cost of traces")
struct TraceUsageTests {
  private func usage(_ tokens: String = "", _ cost: String = "") -> TraceUsage {
    var usage = TraceUsage()
    usage.readTokens(tokens)
    usage.readCost(cost)
    return usage
  }

  @Test("what clients write is read, and written as Python writes it")
  func written() {
    let told = usage(
      #"{"total_tokens": 5, "input_tokens": 3, "other": 1}"#, #"{"total_cost": 1e-05}"#)
    #expect(told.inputTokens == 3 && told.totalTokens == 5 && told.outputTokens == nil)
    #expect(told.tokensJSON == #"{"input_tokens": 3, "total_tokens": 5}"#)
    #expect(told.costJSON == #"{"total_cost": 1e-05}"#)
  }

  @Test(
    "another text tells nothing",
    arguments: [
      "", "{", "[]", "7", #"{"input_tokens": "3"}"#, #"{"input_tokens": 1.5}"#, "null",
      #"{"input_tokens": true}"#,
    ])
  func nothing(text: String) {
    #expect(usage(text, text).tokensJSON == nil)
    #expect(usage(text, text).totalCost == nil)
  }

  @Test("a span that tells speaks for what is below it")
  func tree() {
    let five = usage(#"{"input_tokens": 2, "output_tokens": 3, "total_tokens": 5}"#)
    let spans = [
      SpanUsage(span: 1, parent: nil, usage: usage("", #"{"total_cost": 0.5}"#)),
      SpanUsage(span: 2, parent: 1, usage: five),
      SpanUsage(span: 3, parent: 2, usage: five),
      SpanUsage(span: 4, parent: 1, usage: usage(#"{"total_tokens": 1}"#, #"{"total_cost": 9}"#)),
      // Its parent is not here.
      SpanUsage(span: 5, parent: 99, usage: five),
      // They go in a circle.
      SpanUsage(span: 6, parent: 7, usage: TraceUsage()),
      SpanUsage(span: 7, parent: 6, usage: TraceUsage()),
    ]
    let total = TraceUsage.total(spans)
    #expect(total.totalTokens == 11 && total.inputTokens == 4)
    #expect(total.totalCost == 0.5)
    #expect(TraceUsage.total([]).tokensJSON == nil)
  }
}
