import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Hummingbird
import Logging

@testable import FieldbookSync

/// Answers on a loopback port of its own while `body` runs.
@discardableResult
func serving<Result: Sendable>(
  on listener: Listener = Listener(),
  routes: @escaping @Sendable (Router<PeerContext>) -> Void,
  _ body: @escaping @Sendable (_ url: String) async throws -> Result
) async throws -> Result {
  let scheme = listener.identity == nil ? "http" : "https"
  return try await whileListening { isReady in
    let router = Router(context: PeerContext.self)
    routes(router)
    try await listener.run(
      router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onReady: isReady)
  } _: { port in
    try await body("\(scheme)://127.0.0.1:\(port)")
  }
}

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
