import FieldbookModel
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

/// What a person meets: the built program, its start and its sync.
enum ProductBench {
  static func help(rounds: Int) throws -> [BenchRow] {
    var ours: [Double] = []
    var raw: [Double] = []
    for _ in 0..<max(rounds, 21) {
      ours.append(try milliseconds(Binary.path, "--help"))
      raw.append(try milliseconds("/bin/true", "--help"))
    }
    return [
      BenchRow(
        name: "fieldbook --help", value: Measurement.median(ours), unit: "ms",
        peer: Measurement.median(raw), peerName: "/bin/true", target: .atMost(30))
    ]
  }

  /// A shell script below `fieldbook run`, until its first metric is acknowledged.
  static func start(rounds: Int) throws -> [BenchRow] {
    let fieldbook = try Binary()
    try fieldbook.initialize("w", as: "ana")
    let command = fieldbook.shell(
      #"exec "$0" run -q --dir w -- "$0" log metric loss=1 -q"#, as: "ana")
    let times = try (0..<max(rounds, 11)).map { _ in
      1000
        * (try Measurement.seconds {
          let answer = try command.answer()
          guard answer.status == 0 else { throw TestFailure(answer.err) }
        })
    }
    return [
      BenchRow(
        name: "run: start to end, one metric", value: Measurement.median(times), unit: "ms",
        target: .none)
    ]
  }

  /// From spawn to exit.
  private static func milliseconds(_ program: String, _ word: String) throws -> Double {
    let command = Command(program, [word])
    return 1000
      * (try Measurement.seconds {
        guard try command.start().wait() == 0 else { throw TestFailure("\(program) did not run") }
      })
  }

  /// A sync of two replicas that are equal and hold a hundred logs.
  static func nothingToDo(rounds: Int) throws -> [BenchRow] {
    let folder = try TemporaryFolder()
    let fieldbook = Binary(root: folder.path)
    let hub = try fieldbook.startHub()
    defer { hub.process.stop() }
    func answer(_ words: String...) throws -> Binary.Answer {
      let answer = try fieldbook.run(words, as: "ana")
      guard answer.status == 0 else { throw TestFailure(answer.err) }
      return answer
    }
    let dir = folder.path + "/ana"
    let invite = try fieldbook.run("invite", "--dir", folder.path + "/hub", "--json", as: "hub")
    guard let code = invite.json["code"] as? String else { throw TestFailure(invite.err) }
    _ = try answer("clone", hub.url, dir, "--code", code)
    try startLogs(100, in: dir, home: folder.path + "/home-ana")
    _ = try answer("sync", "--dir", dir)
    let again = try answer("sync", "--dir", dir, "--json")
    guard let peer = (again.json["peers"] as? [[String: Any]])?.first,
      let bytesIn = peer["bytes_in"] as? Int, let bytesOut = peer["bytes_out"] as? Int,
      let trips = peer["round_trips"] as? Int
    else { throw TestFailure("sync said nothing of its peer: \(again.out)") }
    return [
      BenchRow(
        name: "sync, nothing to do, 100 logs", value: Double(bytesIn + bytesOut), unit: "B",
        target: .atMost(3000)),
      BenchRow(
        name: "its round trips", value: Double(trips), unit: "", target: .atMost(1)),
    ]
  }

  private static func startLogs(_ count: Int, in dir: String, home: String) throws {
    let workspace = try Workspace.open(
      dir,
      environment: .live(["HOME": home, "XDG_STATE_HOME": home + "/state"]))
    for number in 0..<count {
      try workspace.store.write(.script) { _ = try $0.startEpoch() }
      _ = try workspace.createRun(
        RunDraft(experiment: Experiment.defaultID, name: "run \(number)"), durability: .script)
      try workspace.seal()
    }
    try workspace.close()
  }
}
