import FieldbookModel
import FieldbookWorkspace
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Serves a workspace to MLflow clients over HTTP on this machine's loopback interface.
///
/// Runs until its task is cancelled or, in a `ServiceGroup`, shut down. Either way it then takes no
/// more connections, finishes the requests under way, five seconds long at most, and returns.
package struct TrackingServer: Sendable {
  /// Adds routes of others to the same port. They get the checks of `Host` and `Origin`, but not
  /// the token: they have their own proof of who asks.
  package typealias RouteAddition = @Sendable (Router<BasicRequestContext>) -> Void

  package let host: String
  /// As asked for: 0 lets the system choose.
  package let port: Int
  private let token: String?
  private let additions: [RouteAddition]
  private let tracker: Tracker

  /// - Parameters:
  ///   - token: what clients must show, as `Authorization: Bearer` or as a password; nil for none.
  ///   - adopting: the run that the first `runs/create` is answered with.
  package init(
    workspace: Workspace, host: String = "127.0.0.1", port: Int = 0, token: String? = nil,
    adopting: RunID? = nil, additions: [RouteAddition] = [],
    logger: Logger = Logger(label: "fieldbook.mlflow") { _ in SwiftLogNoOpLogHandler() }
  ) {
    // Not the name: on some machines it means only IPv6.
    self.host = host == "localhost" ? "127.0.0.1" : host
    self.port = port
    self.token = token
    self.additions = additions
    tracker = Tracker(
      workspace: workspace, adoption: Adoption(adopting: adopting), logger: logger)
  }

  /// Serves. `onReady` is told the port once connections are accepted.
  ///
  /// - Throws: `TrackingServerFailure`.
  package func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
    guard ["127.0.0.1", "::1"].contains(host) else {
      throw TrackingServerFailure.notLoopback(host)
    }
    do {
      try await TrackingServer.serve(application(onReady: onReady), logger: tracker.logger)
    } catch is CancellationError {
      return
    } catch let error as ServiceGroupError where error == .alreadyFinished() {
      // Stopped before it began.
      return
    } catch let error as IOError {
      throw TrackingServerFailure.cannotListen(
        host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
    }
  }

  /// A cancelled task would cut the connections: the application has a task of its own, and a
  /// cancellation here asks it to stop as a shutdown does.
  private static func serve(_ application: some Service, logger: Logger) async throws {
    var configuration = ServiceGroupConfiguration(services: [application], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(5)
    let group = ServiceGroup(configuration: configuration)
    let serving = Task { try await group.run() }
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await serving.value
      } onGracefulShutdown: {
        Task { await group.triggerGracefulShutdown() }
      }
    } onCancel: {
      Task { await group.triggerGracefulShutdown() }
    }
  }

  private func application(
    onReady: @escaping @Sendable (Int) async -> Void
  ) -> Application<RouterResponder<BasicRequestContext>> {
    let bound = BoundPort()
    return Application(
      router: router(bound),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: nil),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        bound.set(port)
        await onReady(port)
      },
      logger: tracker.logger)
  }

  private func router(_ bound: BoundPort) -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: LoopbackGuard(port: bound))
    router.add(middleware: UnknownEndpoint())
    ServerEndpoints.mount(on: router)
    let guarded = router.group()
    if let token { guarded.add(middleware: TokenGuard(token: token)) }
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
    ArtifactTransfer(tracker).mount(on: guarded)
    for addition in additions { addition(router) }
    return router
  }
}

extension TrackingServer: Service {
  package func run() async throws { try await run { _ in } }
}

package enum TrackingServerFailure: Failure, Equatable {
  case notLoopback(String)
  case cannotListen(host: String, port: Int, reason: String)

  package var message: String {
    switch self {
    case .notLoopback(let host): "'\(host)' is not an address of this machine's loopback interface"
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \(host):\(port): \(reason)"
    }
  }

  package var hint: String {
    switch self {
    case .notLoopback: "use --host 127.0.0.1; serving others needs TLS, which this version has not"
    case .cannotListen: "choose another --port, or --port 0 for any that is free"
    }
  }
}
