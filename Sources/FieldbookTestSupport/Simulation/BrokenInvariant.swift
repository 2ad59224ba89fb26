/// What a simulated history ended with that must never be.
package struct BrokenInvariant: Error, CustomStringConvertible {
  package let seed: UInt64
  package let profile: Simulation.Profile
  /// With its number in the design, where it has one.
  package let invariant: String
  let detail: String

  package var description: String {
    "seed \(seed) (\(profile)): invariant \(invariant): \(detail)"
  }
}
