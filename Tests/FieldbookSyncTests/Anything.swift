import FieldbookServing
import FieldbookTestSupport
import Hummingbird
import Synchronization

@testable import FieldbookSync

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
  try await serving(
    on: Listener(identity: identity),
    routes: { router in
      router.post("/sync/v1/:word") { _, _ in
        asked.note()
        return "{}"
      }
    }, body)
}
