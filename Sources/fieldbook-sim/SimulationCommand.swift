import ArgumentParser
import FieldbookModel
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

  @Option(help: "plain, copies, processes, exchanges, disks, membership or duties.")
  var profile: Simulation.Profile = .plain

  @Option(help: "Actions in each history.")
  var steps = 60

  @Option(help: "With a bug put in on purpose: its name, or all. Needs a build with SIM_MUTANTS.")
  var mutant: String?

  @Option(help: "With --mutant: a file of seeds that once found a bug.")
  var recorded: String?

  @Flag(help: "Name the bugs that --mutant takes.")
  var listMutants = false

  func run() throws {
    if listMutants { return print(Mutant.allCases.map(\.rawValue).joined(separator: "\n")) }
    if let mutant { return try hunt(mutant) }
    try play()
  }

  private func hunt(_ name: String) throws {
    guard Mutant.areBuiltIn else {
      throw ValidationError("this build holds no bugs: make sim-mutants")
    }
    guard let chosen = name == "all" ? Mutant.allCases : Mutant(rawValue: name).map({ [$0] }) else {
      throw ValidationError("there is no bug named \(name): see --list-mutants")
    }
    let recorded = try recorded.map(MutantHunt.recorded) ?? []
    var isMissed = false
    for mutant in chosen {
      let hunt = MutantHunt(mutant, recorded: recorded)
      print(hunt.row)
      isMissed = isMissed || hunt.caught == 0
    }
    if isMissed { throw ExitCode(1) }
  }

  private func play() throws {
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
