import ArgumentParser
import FieldbookTestSupport
import Foundation

/// Replays seeded histories: `fieldbook-sim --seed 7`, or many: `--count 500`.
@main
struct SimulationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fieldbook-sim", abstract: "Play seeded histories of replicas under faults.")

  @Option(help: "The first seed.")
  var seed: UInt64 = 1

  @Option(help: "How many seeds, counted up from the first.")
  var count = 1

  @Option(help: "plain, copies, processes, exchanges, disks or membership.")
  var profile: Simulation.Profile = .plain

  @Option(help: "Actions in each history.")
  var steps = 60

  func run() throws {
    var failed = 0
    var faults: [String: Int] = [:]
    var conflicts = 0
    let started = Date()
    for seed in seed..<seed + UInt64(max(1, count)) {
      do {
        let outcome = try Simulation(seed: seed, profile: profile) { line in
          if count == 1 { print(line) }
        }.run(steps: steps)
        faults.merge(outcome.faults, uniquingKeysWith: +)
        conflicts += outcome.conflicts
        if count == 1 { print("state \(outcome.stateHash)") }
      } catch {
        failed += 1
        print("seed \(seed) failed: \(error)")
      }
    }
    let seconds = Date().timeIntervalSince(started)
    let met = faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
      separator: ", ")
    print(
      "\(count) seeds, \(failed) failed, \(conflicts) conflicts left, \(Int(Double(count) / seconds)) a second"
    )
    print("faults met: \(met)")
    if failed > 0 { throw ExitCode(1) }
  }
}

extension Simulation.Profile: ExpressibleByArgument {}
