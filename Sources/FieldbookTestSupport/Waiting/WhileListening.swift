/// Runs `listen`, which says its port once it is there, and `body` with that port; both end when `body` does.
package func whileListening<Result: Sendable>(
  _ listen: @escaping @Sendable (_ isReady: @escaping @Sendable (Int) -> Void) async throws -> Void,
  _ body: @escaping @Sendable (_ port: Int) async throws -> Result
) async throws -> Result {
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { port.finish() }
      try await listen { port.yield($0) }
    }
    guard let number = await ports.first(where: { _ in true }) else {
      // Why it could not listen.
      try await group.next()
      throw CancellationError()
    }
    let result = try await body(number)
    group.cancelAll()
    return result
  }
}
