import FieldbookTestSupport
import Foundation

/// Files of a run, beside git.
enum ContentBench {
  static func files(rounds: Int) throws -> [BenchRow] {
    [
      try row("200 files of 64 KiB", rounds, count: 200, bytes: 64 << 10),
      try row("a file of 64 MiB", rounds, count: 1, bytes: 64 << 20),
    ]
  }

  /// Bytes that do not compress, as weights do not; others in each round.
  private static func row(_ name: String, _ rounds: Int, count: Int, bytes: Int) throws -> BenchRow
  {
    let fieldbook = try Binary()
    try fieldbook.initialize("w", as: "ana", run: "r")
    let git = try GitFolder(fieldbook.root + "/git")
    var (ours, theirs): ([Double], [Double]) = ([], [])
    var generator = SeededGenerator(seed: 8)
    for round in 0..<min(rounds, 5) {
      let folders = [fieldbook.root + "/round\(round)", git.path + "/round\(round)"]
      for folder in folders {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      for index in 0..<count {
        var content = Data(capacity: bytes)
        while content.count < bytes {
          withUnsafeBytes(of: generator.next()) { content.append(contentsOf: $0) }
        }
        for folder in folders {
          try content.write(to: URL(fileURLWithPath: folder + "/\(index).bin"))
        }
      }
      ours.append(
        try Measurement.seconds {
          let answer = try fieldbook.run(
            "log", "artifact", folders[0], "--run", "r", "--dir", "w", as: "ana")
          guard answer.status == 0 else { throw TestFailure(answer.err) }
        })
      theirs.append(try Measurement.seconds { try git.commit("round \(round)") })
    }
    return BenchRow(
      name: "log artifact, \(name)", value: 1000 * Measurement.median(ours), unit: "ms",
      peer: 1000 * Measurement.median(theirs), peerName: "git add and commit", target: .none)
  }
}
