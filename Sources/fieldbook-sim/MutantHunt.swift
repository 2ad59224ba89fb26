import FieldbookModel
import FieldbookTestSupport
import Foundation

/// Plays histories with one bug put in on purpose, until enough is known of how often it is caught.
struct MutantHunt {
  /// Histories of each profile in any case: they say how often it is caught.
  static let sample: UInt64 = 5
  let mutant: Mutant
  /// Actions in each history.
  let steps: Int
  private(set) var seeds = 0
  private(set) var caught = 0
  /// Profile and seed of the first one that caught it.
  private(set) var first: String?
  private(set) var invariants: [String: Int] = [:]

  /// - Parameters:
  ///   - recorded: seeds that once found a bug, to be played before it is given up.
  ///   - limit: of histories of each profile that can show it, while it is not caught.
  init(
    _ mutant: Mutant, steps: Int, recorded: [(seed: UInt64, profile: Simulation.Profile)],
    limit: UInt64
  ) {
    self.mutant = mutant
    self.steps = steps
    Mutant.chosen = mutant
    defer { Mutant.chosen = nil }
    for seed in 1...max(limit, MutantHunt.sample) where seed <= MutantHunt.sample || caught == 0 {
      let isSample = seed <= MutantHunt.sample
      for profile in isSample ? Simulation.Profile.allCases : mutant.profiles {
        play(seed, profile)
      }
      guard seed == MutantHunt.sample, caught == 0 else { continue }
      for one in recorded where caught == 0 { play(one.seed, one.profile) }
    }
  }

  /// Lines of `SEED PROFILE what it was`.
  static func recorded(_ file: String) throws -> [(seed: UInt64, profile: Simulation.Profile)] {
    try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 2, let seed = UInt64(words[0]),
        let profile = Simulation.Profile(rawValue: String(words[1]))
      else { return nil }
      return (seed, profile)
    }
  }

  private mutating func play(_ seed: UInt64, _ profile: Simulation.Profile) {
    seeds += 1
    do {
      _ = try Simulation(seed: seed, profile: profile).run(steps: steps)
    } catch {
      caught += 1
      if first == nil { first = "\(profile) \(seed)" }
      let name = (error as? BrokenInvariant)?.invariant ?? "stopped: \(error)"
      invariants[name.replacing("\n", with: " "), default: 0] += 1
    }
  }

  /// The invariant that caught it most often.
  private var invariant: String {
    invariants.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
  }

  /// Columns apart by tabs.
  var row: String {
    [
      mutant.rawValue, mutant.meaning, "\(caught) of \(seeds)", first ?? "NOT CAUGHT", invariant,
    ].joined(separator: "\t")
  }
}
