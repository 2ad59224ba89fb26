import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Serves a workspace to MLflow clients over HTTP, where its listener listens.
package struct TrackingServer: Sendable {
  /// Adds routes of others to the same port. They get the checks of `Host` and `Origin`, `/sync/v1/` aside, but not
  /// the token: they have their own proof of who asks.
  package typealias RouteAddition = @Sendable (Router<PeerContext>) -> Void

  /// Adds routes behind the same token as MLflow's endpoints.
  package typealias GuardedAddition = @Sendable (RouterGroup<PeerContext>) -> Void

  /// Who may use MLflow's endpoints.
  package enum Access: Sendable {
    /// Whoever shows the token, as `Authorization: Bearer` or as a password.
    case token(String)
    /// Programs of the user whom this server runs as, on this machine; others with the token.
    case ownUser(orToken: String)
    /// Any program that reaches it. For tests.
    case open
  }

  package let listener: Listener
  private let access: Access
  private let additions: [RouteAddition]
  private let guardedAdditions: [GuardedAddition]
  private let tracker: Tracker

  /// - Parameter adopting: the run that the first `runs/create` is answered with.
  package init(
    workspace: Workspace, listener: Listener = Listener(), access: Access,
    adopting: RunID? = nil, additions: [RouteAddition] = [],
    guardedAdditions: [GuardedAddition] = [],
    logger: Logger = Logger(label: "fieldbook.mlflow") { _ in SwiftLogNoOpLogHandler() }
  ) {
    self.listener = listener
    self.access = access
    self.additions = additions
    self.guardedAdditions = guardedAdditions
    tracker = Tracker(
      workspace: workspace, adoption: Adoption(adopting: adopting), logger: logger)
  }

  /// Serves. `onReady` is told the port once connections are accepted.
  ///
  /// - Throws: `ListeningFailure`.
  package func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
    let bound = BoundPort()
    try await listener.run(router(bound), logger: tracker.logger) { port in
      bound.set(port)
      await onReady(port)
    }
  }

  private func router(_ bound: BoundPort) -> Router<PeerContext> {
    let router = Router(context: PeerContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: BrowserGuard(listener: listener, port: bound))
    router.add(middleware: UnknownEndpoint())
    ServerEndpoints.mount(on: router)
    let guarded = router.group()
    switch access {
    case .token(let token):
      guarded.add(middleware: TokenGuard(token: token, listener: listener, admitsOwnUser: false))
    case .ownUser(let token):
      guarded.add(middleware: TokenGuard(token: token, listener: listener, admitsOwnUser: true))
    case .open: break
    }
    for prefix in EndpointTable.prefixes {
      for endpoint in EndpointTable.endpoints {
        endpoint.mount(on: guarded, below: prefix, tracker: tracker)
      }
    }
    for prefix in EndpointTable.prefixes3 {
      for endpoint in EndpointTable.endpoints3 {
        endpoint.mount(on: guarded, below: prefix, tracker: tracker)
      }
    }
    for prefix in ArtifactTransfer.prefixes {
      for endpoint in CloudEndpoints.ofFiles {
        endpoint.mount(on: guarded, below: prefix, tracker: tracker)
      }
    }
    ArtifactTransfer(tracker).mount(on: guarded)
    PageFiles(tracker).mount(on: guarded)
    SpanIntake(tracker: tracker).mount(on: guarded)
    for addition in guardedAdditions { addition(guarded) }
    for addition in additions { addition(router) }
    return router
  }
}

extension TrackingServer: Service {
  package func run() async throws { try await run { _ in } }
}
