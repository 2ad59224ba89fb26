import FieldbookTestSupport
import Foundation
import Testing

@Suite("Simulation")
struct SimulationTests {
  /// `scripts/simulate` plays thousands more, in a release build.
  @Test(
    "every seeded history ends with equal replicas that lost nothing",
    arguments: [
      (Simulation.Profile.plain, 120), (.copies, 80), (.processes, 40), (.exchanges, 80),
      (.disks, 100), (.membership, 80), (.duties, 60), (.versions, 50), (.byzantine, 50),
      (.links, 40), (.recovery, 60),
    ])
  func histories(profile: Simulation.Profile, seeds: Int) throws {
    var failures: [String] = []
    for seed in 1...UInt64(seeds) {
      do {
        _ = try Simulation(seed: seed, profile: profile).run()
      } catch {
        failures.append("seed \(seed): \(error)")
      }
    }
    #expect(
      failures.isEmpty,
      "replay one with: make sim PROFILE=\(profile) SEED=…\n\(failures.prefix(5).joined(separator: "\n"))"
    )
  }

  /// Lines of `SEED PROFILE what it was`.
  @Test("seeds that once found a bug")
  func mendedBugs() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/seeds/simulation.txt")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    #expect(!lines.isEmpty)
    for line in lines {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      let seed = try #require(UInt64(words[0]), "\(line)")
      let profile = try #require(Simulation.Profile(rawValue: words[1]), "\(line)")
      _ = try Simulation(seed: seed, profile: profile).run()
    }
  }

  @Test("the same seed is the same history", arguments: Simulation.Profile.allCases)
  func deterministic(profile: Simulation.Profile) throws {
    let hashes = try (0..<2).map { _ in
      try Simulation(seed: 11, profile: profile).run().stateHash
    }
    #expect(hashes[0] == hashes[1])
  }
}
