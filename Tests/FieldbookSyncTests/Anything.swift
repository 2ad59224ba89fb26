import FieldbookServing
import Foundation
import Hummingbird
import Logging
import Synchronization

/// How often a server was asked for anything.
final class Asked: Sendable {
  private let value = Mutex(0)
  var count: Int { value.withLock { $0 } }
  func note() { value.withLock { $0 += 1 } }
}

/// A stranger's server, which counts what it is asked.
func servingAnything(
  identity: TLSIdentity?, _ asked: Asked,
  _ body: @escaping @Sendable (_ url: String) async throws -> Void
) async throws {
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  let listener = Listener(identity: identity)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { port.finish() }
      let router = Router(context: PeerContext.self)
      router.post("/sync/v1/:word") { _, _ in
        asked.note()
        return "{}"
      }
      try await listener.run(
        router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      ) {
        port.yield($0)
      }
    }
    guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
    try await body("\(identity == nil ? "http" : "https")://127.0.0.1:\(number)")
    group.cancelAll()
  }
}
