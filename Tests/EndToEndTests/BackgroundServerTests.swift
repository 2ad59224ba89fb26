import FieldbookServing
import FieldbookTestSupport
import Foundation
import Testing

@Suite("A server in the background", .serialized)
struct BackgroundServerTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  private func server(_ words: String...) throws -> Binary.Answer {
    try fieldbook.run(["server", "--dir", "ana", "--json"] + words, as: "ana")
  }

  private let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"

  /// What is answered there; nothing where nobody listens.
  private func body(_ url: String) throws -> String {
    let words = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())"
    return try fieldbook.shell("exec \"$@\"", [python, "-c", words, url], as: "ana").answer().out
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("it listens when the command returns, is told of, and ends when it is asked to")
  func life() throws {
    try fieldbook.initialize("ana", as: "ana")
    #expect(try server("--status").json["running"] as? Bool == false)
    let started = try server("--background", "--port", "0")
    defer { _ = try? server("--stop") }
    #expect(started.status == 0, "\(started.err)")
    let url = try #require(started.json["url"] as? String)
    #expect(try body(url + "/health") == "OK")
    let told = try server("--status").json
    #expect(told["running"] as? Bool == true && told["url"] as? String == url)
    #expect(told["pid"] as? Int == started.json["pid"] as? Int)
    #expect(told["started_at"] is String)

    let again = try server("--background")
    #expect(again.status == 0 && again.json["pid"] as? Int == told["pid"] as? Int, "one is enough")
    let elsewhere = try server("--background", "--port", "1")
    #expect(elsewhere.status == 1 && elsewhere.err.contains("runs already"), "\(elsewhere.err)")

    #expect(try server("--stop").json["running"] as? Bool == false)
    #expect(try server("--status").json["running"] as? Bool == false)
    #expect(try server("--stop").status == 0, "to end what has ended is no mistake")
    #expect(try body(url + "/health") == "")
  }

  @Test("one that was killed is never believed to run, and nobody else is killed for it")
  func stale() throws {
    try fieldbook.initialize("ana", as: "ana")
    let pid = try #require(try server("--background", "--port", "0").json["pid"] as? Int)
    kill(pid_t(pid), SIGKILL)
    try waitUntil("it is gone", seconds: 20, every: 5000) {
      (try? server("--status").json["running"] as? Bool) == false
    }
    // As if the number were another program's by now.
    let other = try fieldbook.shell("sleep 100", as: "ana").start()
    defer { other.crash() }
    let file = ServerRecord.file(in: fieldbook.root + "/ana/.fieldbook")
    try "{\"pid\":\(other.id),\"url\":\"http://127.0.0.1:1\",\"startedMilliseconds\":1}".write(
      toFile: file, atomically: false, encoding: .utf8)
    #expect(try server("--status").json["running"] as? Bool == false)
    #expect(try server("--stop").status == 0)
    #expect(other.isRunning)
    let next = try server("--background", "--port", "0")
    #expect(next.status == 0 && next.json["pid"] as? Int != Int(other.id))
    #expect(try server("--stop").status == 0)
  }

  @Test("one that cannot listen says why") func refused() throws {
    try fieldbook.initialize("ana", as: "ana")
    let taken = try #require(try server("--background", "--port", "0").json["url"] as? String)
    defer { _ = try? server("--stop") }
    try fieldbook.initialize("bo", as: "bo")
    let port = try #require(URL(string: taken)?.port)
    let answer = try fieldbook.run(
      "server", "--dir", "bo", "--background", "--port", String(port), as: "bo")
    #expect(answer.status == 1 && answer.err.contains("cannot listen"), "\(answer.err)")
    #expect(
      try fieldbook.run("server", "--dir", "bo", "--status", as: "bo").out.contains("no server"))
  }

  @Test("ten training processes at once lose nothing") func ten() throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/scripts/one_of_many.py").standardized.path
    try fieldbook.initialize("ana", as: "ana")
    let url = try #require(try server("--background", "--port", "0").json["url"] as? String)
    defer { _ = try? server("--stop") }
    let workers = try (0..<10).map { number in
      try fieldbook.shell(
        "exec \"$1\" \"$2\" \"$3\" --steps 40", [python, script, String(number)], as: "ana",
        variables: [
          "MLFLOW_TRACKING_URI": url, "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
          "MLFLOW_DISABLE_TELEMETRY": "true",
        ]
      ).start()
    }
    #expect(workers.map { $0.wait() } == Array(repeating: 0, count: 10))
    // Of all experiments: a client whose `set_experiment` comes second while another makes the experiment logs into `Default`
    // (MLflow 3.17, whatever the server).
    let listed = try fieldbook.run("runs", "--dir", "ana", "--json", as: "ana").json["runs"]
    let runs = listed as? [[String: Any]] ?? []
    #expect(Set(runs.compactMap { $0["name"] as? String }).count == 10)
    for run in runs {
      let id = try #require(run["id"] as? String ?? run["run_id"] as? String)
      let shown = try fieldbook.run("show", id, "--dir", "ana", "--json", as: "ana").json
      #expect(shown["status"] as? String == "FINISHED")
      let metrics = shown["metrics"] as? [String: [String: Any]] ?? [:]
      #expect(metrics["loss"]?["count"] as? Int == 40 && metrics.count == 3)
      #expect((shown["params"] as? [String: Any])?.count == 2)
    }
    #expect(try fieldbook.ailments("ana") == [])
  }
}
