import FieldbookTestSupport
import Foundation
import Testing

/// Scripts as people have them, unmodified, with MLflow's own client.
@Suite("MLflow's client", .serialized)
struct ClientTests {
  let fieldbook: Binary
  private let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"

  init() throws { fieldbook = try Binary() }

  private func script(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/scripts/" + name).standardized.path
  }

  private func served(_ script: String, _ words: [String] = []) throws -> Binary.Answer {
    let started = try fieldbook.run(
      "server", "--dir", "ana", "--background", "--port", "0", "--json", as: "ana")
    let url = try #require(started.json["url"] as? String, "\(started.err)")
    defer { _ = try? fieldbook.run("server", "--dir", "ana", "--stop", as: "ana") }
    return try fieldbook.shell(
      "exec \"$@\"", [python, self.script(script)] + words, as: "ana",
      variables: ["MLFLOW_TRACKING_URI": url]
    ).answer()
  }

  @Test("every call that scripts make is answered as they expect") func everyCall() throws {
    try fieldbook.initialize("ana", as: "ana")
    let answer = try served("client_smoke.py")
    #expect(answer.status == 0, "\(answer.out)\n\(answer.err)")
    #expect(try fieldbook.ailments("ana") == [])
  }

  @Test("prompts are registered, found by alias and searched") func prompts() throws {
    try fieldbook.initialize("ana", as: "ana")
    let answer = try served("prompts.py")
    #expect(answer.status == 0, "\(answer.out)\n\(answer.err)")
  }

  @Test("autologging records what was trained; the model is loaded by its alias")
  func autologged() throws {
    try fieldbook.initialize("ana", as: "ana")
    let run = try fieldbook.run(
      "run", "--dir", "ana", "--json", "--", python, script("autolog.py"), "--c", "0.5", as: "ana")
    #expect(run.status == 0, "\(run.err)")
    let id = try #require(run.json["run_id"] as? String)
    let shown = try fieldbook.run("show", id, "--dir", "ana", "--json", as: "ana").json
    let params = shown["params"] as? [String: Any] ?? [:]
    #expect(params["logisticregression__C"] as? String == "0.5")
    let metrics = shown["metrics"] as? [String: Any] ?? [:]
    #expect(metrics["training_accuracy_score"] != nil)

    let trained = try fieldbook.run(
      "run", "--dir", "ana", "--json", "--", python, script("train.py"), "--register", "digits",
      as: "ana")
    #expect(trained.status == 0, "\(trained.err)")
    #expect(
      try fieldbook.run("models", "alias", "digits", "champion", "1", "--dir", "ana", as: "ana")
        .status == 0)
    let scored = try fieldbook.run(
      "run", "--dir", "ana", "--json", "--", python, script("score.py"), "--model",
      "models:/digits@champion", as: "ana")
    #expect(scored.status == 0, "\(scored.err)")
  }
}
