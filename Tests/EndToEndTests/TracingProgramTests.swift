import FieldbookTestSupport
import Foundation
import Testing

/// A program that traces itself with MLflow, as people write them, and what Fieldbook shows of it.
@Suite("Tracing a program") struct TracingProgramTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test("its traces, spans and judgements are read back by it and shown here")
  func script() throws {
    let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/scripts/tracing.py").standardized.path
    try fieldbook.initialize("ana", as: "ana")
    let done = try fieldbook.run("run", "--dir", "ana", "--", python, script, as: "ana")
    #expect(done.status == 0, "\(done.err)")
    let list = try fieldbook.run("traces", "--dir", "ana", "--all", "--json", as: "ana").json
    let traces = try #require(list["traces"] as? [[String: Any]])
    #expect(traces.map { $0["state"] as? String } == ["error", "ok"])
    let usage = try #require(traces[1]["usage"] as? [String: Any])
    #expect(usage["total_tokens"] as? Int == 128 && usage["total_cost"] as? Double == 0.0016)
    let shown = try fieldbook.run("show", "trace:@last", "--dir", "ana", as: "ana")
    #expect(shown.out.contains("├─ look_up    retriever"), "\(shown.out)")
    #expect(shown.out.contains("└─ ask_model  llm"), "\(shown.out)")
    #expect(shown.out.contains("correct              true   ana  as the page says"))
  }
}
