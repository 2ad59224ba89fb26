import FieldbookMLflow
import FieldbookModel
import Logging
import ServiceLifecycle

/// A server in the foreground: until the process is told to end, or until it is stopped.
struct Serving: Service {
  let server: TrackingServer
  let onReady: @Sendable (Int) async -> Void

  func run() async throws { try await server.run(onReady: onReady) }

  /// After SIGTERM or SIGINT requests under way are finished; then this returns.
  static func untilSignalled(
    _ server: TrackingServer, onReady: @escaping @Sendable (Int) async -> Void
  ) async throws {
    try await group(Serving(server: server, onReady: onReady), signals: [.sigterm, .sigint]).run()
  }

  /// Returns when connections are accepted: the port, and what stops it.
  static func start(_ server: TrackingServer) async throws -> (
    port: Int, stop: @Sendable () async -> Void
  ) {
    let (ports, found) = AsyncThrowingStream.makeStream(of: Int.self)
    let group = group(Serving(server: server, onReady: { found.yield($0) }), signals: [])
    let task = Task {
      do {
        try await group.run()
        found.finish()
      } catch {
        found.finish(throwing: error)
      }
    }
    for try await port in ports {
      return (
        port,
        {
          await group.triggerGracefulShutdown()
          await task.value
        }
      )
    }
    throw TrackingServerFailure.cannotListen(
      host: server.host, port: server.port, reason: "it ended before it began")
  }

  private static func group(_ service: Serving, signals: [UnixSignal]) -> ServiceGroup {
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: service)], gracefulShutdownSignals: signals,
      logger: Logger(label: "fieldbook") { _ in SwiftLogNoOpLogHandler() })
    // A client that keeps its connection open must not keep the process.
    configuration.maximumGracefulShutdownDuration = .seconds(5)
    return ServiceGroup(configuration: configuration)
  }
}
