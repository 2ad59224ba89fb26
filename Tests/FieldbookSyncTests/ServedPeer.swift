import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Hummingbird
import Logging

@testable import FieldbookSync

/// The same with a workspace's endpoints for peers, as the hub serves them.
@discardableResult
func serving<Result: Sendable>(
  _ server: SyncServer, _ identity: TLSIdentity? = nil, port: Int = 0,
  bounds: ListeningBounds = ListeningBounds(),
  _ body: @escaping @Sendable (_ url: String) async throws -> Result
) async throws -> Result {
  let listener = Listener(
    port: port, identity: identity, bounds: bounds, complaints: server.complaints)
  return try await serving(on: listener, routes: { SyncRoutes(server).add(to: $0) }, body)
}
