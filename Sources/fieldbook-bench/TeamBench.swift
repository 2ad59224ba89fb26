import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

/// Laptops and a hub, each the built program, over loopback.
enum TeamBench {
  static let runs = 500
  static let pointsPerRun = 10_000
  static let laptops = 50

  /// What one person trained in a week, offline: to the hub, and from there to a teammate.
  static func week(rounds: Int) throws -> [BenchRow] {
    var (out, back): ([Double], [Double]) = ([], [])
    var bytes = 0.0
    for _ in 0..<min(rounds, 3) {
      let fieldbook = try Binary()
      let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
      defer { hub.stop() }
      try train(fieldbook, "ana", runs: runs, points: pointsPerRun)
      let (seconds, told) = try sync(fieldbook, "ana")
      out.append(seconds)
      bytes = told["bytes_out"] as? Double ?? 0
      back.append(try sync(fieldbook, "bo").seconds)
      guard try fieldbook.stateHashes(["ana", "bo"]).count == 1 else {
        throw TestFailure("the laptops differ after their syncs")
      }
    }
    // Step, time and value, eight bytes each.
    let raw = Double(runs * pointsPerRun * 24)
    return [
      BenchRow(
        name: "a week's work to the hub", value: Measurement.median(out), unit: "s", target: .none),
      BenchRow(
        name: "and on to a second laptop", value: Measurement.median(back), unit: "s", target: .none
      ),
      BenchRow(
        name: "its bytes on the wire", value: bytes / 1e6, unit: "MB", peer: raw / 1e6,
        peerName: "the raw numbers", target: .none),
    ]
  }

  /// Everybody comes back to the office at nine.
  static func crowd(rounds: Int) throws -> [BenchRow] {
    var (together, inTurn): ([Double], [Double]) = ([], [])
    let names = (0..<laptops).map { "laptop\($0)" }
    for _ in 0..<min(rounds, 3) {
      let fieldbook = try Binary()
      let (hub, _) = try fieldbook.startTeam(names)
      defer { hub.stop() }
      for name in names { try train(fieldbook, name, runs: 3, points: 1000) }
      together.append(
        try Measurement.seconds {
          let all = try names.map { try fieldbook.start(["sync", "--dir", $0], as: $0) }
          guard all.allSatisfy({ $0.wait() == 0 }) else { throw TestFailure("a sync failed") }
        })
      for name in names { try train(fieldbook, name, runs: 3, points: 1000) }
      inTurn.append(
        try Measurement.seconds { for name in names { _ = try sync(fieldbook, name) } })
    }
    return [
      BenchRow(
        name: "50 laptops sync at once", value: Measurement.median(together), unit: "s",
        peer: Measurement.median(inTurn), peerName: "one after the other", target: .none)
    ]
  }

  private static func sync(_ fieldbook: Binary, _ name: String) throws -> (
    seconds: Double, told: [String: Any]
  ) {
    var answer: Binary.Answer?
    let seconds = try Measurement.seconds {
      answer = try fieldbook.run("sync", "--dir", name, "--json", as: name)
    }
    guard let answer, answer.status == 0,
      let told = (answer.json["peers"] as? [[String: Any]])?.first
    else { throw TestFailure("sync: \(answer?.err ?? "")") }
    return (seconds, told)
  }

  /// Runs with params, and ten metrics each.
  static func train(_ fieldbook: Binary, _ name: String, runs: Int, points: Int) throws {
    let home = fieldbook.root + "/home-" + name
    let workspace = try Workspace.open(
      fieldbook.root + "/" + name,
      environment: .live(["HOME": home, "XDG_STATE_HOME": home + "/state"]))
    let series = MetricBench.corpus(steps: points / 10, keys: 10, jitter: true)
    let keys = try (0..<5).map { try EntryKey("p\($0)") }
    for index in 0..<runs {
      let run = try workspace.createRun(
        RunDraft(
          experiment: Experiment.defaultID,
          parameters: Dictionary(uniqueKeysWithValues: keys.map { ($0, "0.\(index)") })),
        durability: .script)
      // No two runs are alike.
      let own = series.map { one in
        MetricSeries(
          key: one.key,
          points: one.points.map { point in
            MetricPoint(
              step: point.step, timestamp: point.timestamp + Int64(index) * 1_000_003,
              value: Double(Float(point.value) * (1 + Float(index) / 4096)))
          })
      }
      try workspace.logBatch(
        run, parameters: [], metrics: own, tags: [], durability: .script)
    }
    try workspace.close()
  }
}
