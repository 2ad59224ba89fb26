import Dispatch

/// For tests that wait for other programs: the threads that tests share are as many as cores, and servers under test need one of
/// them to answer in time.
package enum Apart {
  private static let queue = DispatchQueue(
    label: "fieldbook.tests.waiting", attributes: .concurrent)

  package static func wait<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Swift.Result(catching: body)) }
    }
  }
}
