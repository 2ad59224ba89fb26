import ArgumentParser
import FieldbookModel
import FieldbookTestSupport
import Foundation

/// Replays seeded histories: `fieldbook-sim --seed 7`, or many: `--count 500`.
@main
struct SimulationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fieldbook-sim", abstract: "Play seeded histories of replicas under faults.",
    discussion: "One seed alone is told step by step.")

  @Option(help: "The first seed.")
  var seed: UInt64 = 1

  @Option(help: "How many seeds of each profile, counted up from the first.")
  var count = 1

  @Option(help: "What is added to a seed for the next one.")
  var stride: UInt64 = 1

  @Option(help: "Play as many as fit into so many minutes, instead of a number.")
  var minutes: Double?

  @Option(
    help: """
      plain, copies, processes, exchanges, disks, membership, duties, versions, byzantine, links,
      recovery, or all in turns.
      """)
  var profile = "plain"

  @Option(help: "Actions in each history.")
  var steps = 60

  @Option(help: "The commit that this was built from, to be said with each failure.")
  var commit: String?

  @Option(help: "Write what was met to this file, as JSON.")
  var report: String?

  @Option(help: "With a bug put in on purpose: its name, or all. Needs a build with SIM_MUTANTS.")
  var mutant: String?

  @Option(help: "With --mutant: a file of seeds that once found a bug.")
  var recorded: String?

  @Option(help: "With --mutant: histories of each profile after which it is given up.")
  var limit: UInt64 = 150

  @Flag(help: "Name the bugs that --mutant takes.")
  var listMutants = false

  @Flag(help: "Play nothing; add up reports that were written before.")
  var addUp = false

  @Argument(help: "With --add-up: the reports.")
  var reports: [String] = []

  func validate() throws {
    guard (0...1_000_000).contains(steps) else {
      throw ValidationError("--steps takes a number from 0 to 1,000,000")
    }
  }

  func run() throws {
    if listMutants { return print(Mutant.allCases.map(\.rawValue).joined(separator: "\n")) }
    if let mutant { return try hunt(mutant) }
    if addUp {
      let all = try reports.map {
        try JSONDecoder().decode(Coverage.self, from: Data(contentsOf: URL(fileURLWithPath: $0)))
      }
      return print(all.reduce(into: Coverage()) { $0.add($1) }.table)
    }
    let profiles = try profiles()
    let isAlone = count == 1 && minutes == nil && profiles.count == 1
    var coverage = Coverage()
    let started = Date()
    var reported = 0.0
    func write(_ coverage: Coverage) throws {
      reported = coverage.seconds
      guard let report else { return }
      try JSONEncoder().encode(coverage).write(to: URL(fileURLWithPath: report), options: .atomic)
    }
    let end = minutes.map { started.addingTimeInterval($0 * 60) }
    var next = seed
    var played = 0
    while end.map({ Date() < $0 }) ?? (played < max(1, count)) {
      for profile in profiles { play(next, profile, isAlone, &coverage) }
      next &+= stride
      played += 1
      coverage.seconds = Date().timeIntervalSince(started)
      // So that little is lost if it is stopped.
      if coverage.seconds > reported + 60 { try write(coverage) }
    }
    try write(coverage)
    print(coverage.table)
    if coverage.failures > 0 { throw ExitCode(1) }
  }

  private func play(
    _ seed: UInt64, _ profile: Simulation.Profile, _ isAlone: Bool, _ coverage: inout Coverage
  ) {
    do {
      let outcome = try Simulation(seed: seed, profile: profile) { line in
        if isAlone { print(line) }
      }.run(steps: steps)
      coverage.add(outcome, profile)
      if isAlone { print("state \(outcome.stateHash)") }
    } catch {
      coverage.add(failureOf: profile)
      print("seed \(seed) failed\(commit.map { " at \($0)" } ?? ""): \(error)")
      print("  replay it: make sim PROFILE=\(profile) SEED=\(seed)")
      fflush(nil)
    }
  }

  private func profiles() throws -> [Simulation.Profile] {
    if profile == "all" { return Simulation.Profile.allCases }
    guard let one = Simulation.Profile(rawValue: profile) else {
      let names = Simulation.Profile.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("no profile '\(profile)': there are \(names) and all")
    }
    return [one]
  }
}
