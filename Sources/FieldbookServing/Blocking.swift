import NIOCore
import NIOPosix

/// Where disks and databases are waited for, never on an event loop. As many threads as the machine has processors would be few:
/// they wait more than they work.
package enum Blocking {
  private static let threads = 8

  private static let pool: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: threads)
    pool.start()
    return pool
  }()

  package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value)
    async throws -> Value
  {
    try await pool.runIfActive(body)
  }
}
