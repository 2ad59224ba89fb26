import FieldbookTestSupport
import Foundation
import Testing

/// The server goes in the middle of everything, and the script does not notice.
@Suite("kill -9 of a server under load")
struct ServerKillTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test("scripts finish by their client's own retries, and every point is there once")
  func kills() throws {
    let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/scripts/persistent.py").standardized.path
    let steps = 150
    let notes = fieldbook.root + "/notes"
    try fieldbook.initialize("ana", as: "ana")
    var server = try fieldbook.startServer("ana", as: "ana")
    let port = try #require(URL(string: server.url)?.port)
    var variables = ProcessInfo.processInfo.environment
    variables["MLFLOW_TRACKING_URI"] = server.url
    variables["HOME"] = fieldbook.root
    let scripts = try Command(
      python, [script, notes, String(steps)], variables: variables, folder: fieldbook.root
    ).start()
    for kill in 1...3 {
      try waitUntil("the scripts log on", seconds: 120) {
        logged(notes).values.reduce(0, +) >= kill * steps
      }
      server.process.crash()
      let acknowledged = logged(notes)
      usleep(50_000)
      server = try fieldbook.startServer("ana", as: "ana", port: port)
      for (run, count) in acknowledged {
        #expect(try points(run) >= count, "kill \(kill): \(run) had logged \(count) steps")
      }
    }
    #expect(scripts.wait() == 0)
    let runs = logged(notes)
    #expect(runs.count == 4)
    for run in runs.keys { #expect(try points(run) == steps) }
    let all = try fieldbook.run("runs", "--dir", "ana", "--json", as: "ana").json["runs"]
    let listed = all as? [[String: Any]] ?? []
    #expect(listed.filter { $0["status"] as? String == "FINISHED" }.count == 4)
    #expect(server.process.stop() == 0)
    #expect(try fieldbook.ailments("ana") == [])
  }

  private func logged(_ notes: String) -> [String: Int] {
    let data = FileManager.default.contents(atPath: notes) ?? Data()
    return (try? JSONSerialization.jsonObject(with: data)) as? [String: Int] ?? [:]
  }

  private func points(_ run: String) throws -> Int {
    let shown = try fieldbook.run("show", run, "--dir", "ana", "--json", as: "ana").json
    let metrics = shown["metrics"] as? [String: [String: Any]]
    return metrics?["loss"]?["count"] as? Int ?? 0
  }
}
