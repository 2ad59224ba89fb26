import FieldbookTestSupport
import Foundation
import Testing

@Suite("Simulation")
struct SimulationTests {
  /// `make test-full` sets FIELDBOOK_TEST_FULL.
  static let seeds: UInt64 =
    ProcessInfo.processInfo.environment["FIELDBOOK_TEST_FULL"] == nil ? 300 : 3000

  @Test("every seeded history ends with equal replicas that lost nothing")
  func histories() throws {
    var failures: [String] = []
    for seed in 1...SimulationTests.seeds {
      do {
        _ = try Simulation(seed: seed).run()
      } catch {
        failures.append("seed \(seed): \(error)")
      }
    }
    #expect(
      failures.isEmpty,
      "replay one with: make sim SEED=…\n\(failures.prefix(5).joined(separator: "\n"))")
  }

  @Test("seeds that once found a bug")
  func mendedBugs() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/seeds/simulation.txt")
    let seeds = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .compactMap { UInt64($0.prefix { $0.isNumber }) }
    #expect(!seeds.isEmpty)
    for seed in seeds { _ = try Simulation(seed: seed).run() }
  }

  @Test("the same seed is the same history")
  func deterministic() throws {
    #expect(try Simulation(seed: 11).run().stateHash == Simulation(seed: 11).run().stateHash)
  }
}
