import FieldbookServing
import Hummingbird
import Logging

/// Answers on a loopback port of its own while `body` runs.
@discardableResult
package func serving<Result: Sendable>(
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
