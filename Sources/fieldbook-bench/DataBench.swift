import FieldbookRepository
import FieldbookTestSupport
import Foundation

/// Digests of data (`run --data`), beside `sha256sum` of the same files.
enum DataBench {
  private static let files = 10_000
  private static let fileBytes = 10_000

  static func digests(rounds: Int) throws -> [BenchRow] {
    let folder = try BenchFolder()
    var generator = SeededGenerator(seed: 6)
    for number in 0..<files {
      let part = "data/part\(number % 100)"
      try FileManager.default.createDirectory(
        atPath: folder.path + "/" + part, withIntermediateDirectories: true)
      try folder.fill(part + "/\(number).bin", bytes: fileBytes, &generator)
    }
    try folder.fill("large", bytes: 1_000_000_000, &generator)
    // What was written a moment ago is read again.
    Thread.sleep(forTimeInterval: 2.1)
    let (data, large) = (folder.path + "/data", folder.path + "/large")
    var timings = Timings()
    for round in 0..<min(rounds, 5) {
      let reader = DataReader(cacheFolder: folder.path + "/digests\(round)")
      try timings.measure("first") { _ = try reader.read(data, shown: "data") }
      try timings.measure("peer") {
        try shell("find \"$1\" -type f -exec sha256sum {} +", data)
      }
      try timings.measure("unchanged") { _ = try reader.read(data, shown: "data") }
      try timings.measure("large") {
        _ = try DataReader(cacheFolder: nil).read(large, shown: "large")
      }
      try timings.measure("large peer") { try shell("sha256sum \"$1\"", large) }
    }
    func row(_ name: String, _ own: String, _ peer: String) -> BenchRow {
      BenchRow(
        name: "--data, \(name)", value: 1000 * timings.median(own), unit: "ms",
        peer: 1000 * timings.median(peer), peerName: "sha256sum", target: .none)
    }
    return [
      row("10,000 files of 10 kB, the first time", "first", "peer"),
      row("10,000 files of 10 kB, unchanged", "unchanged", "peer"),
      row("a file of 1 GB, the first time", "large", "large peer"),
    ]
  }

  private static func shell(_ script: String, _ path: String) throws {
    let child = try Command("/bin/sh", ["-c", script, "sh", path]).start()
    guard child.wait() == 0 else { throw TestFailure("\(script) failed") }
  }
}
