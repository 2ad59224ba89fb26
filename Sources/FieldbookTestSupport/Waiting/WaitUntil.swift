import Foundation

/// Asks again and again until it holds; `what` is what the test says if it does not come about.
package func waitUntil(
  _ what: String, seconds: Double = 60, every microseconds: UInt32 = 100_000,
  _ holds: () throws -> Bool
) throws {
  let deadline = Date().addingTimeInterval(seconds)
  while try !holds() {
    guard Date() < deadline else { throw TestFailure("not within \(seconds) seconds: \(what)") }
    usleep(microseconds)
  }
}
