import FieldbookModel
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A port that answers HTTP requests, with TLS wherever it leaves this machine.
///
/// Runs until its task is cancelled or, in a `ServiceGroup`, shut down. Either way it then takes no
/// more connections, finishes the requests under way, five seconds long at most, and returns.
package struct Listener: Sendable {
  package let host: String
  /// As asked for: 0 lets the system choose.
  package let port: Int
  /// Nil: plain HTTP, on this machine only.
  package let identity: TLSIdentity?
  package let ledger: ConnectionLedger
  package let complaints: Complaints
  private let bounds: ListeningBounds

  package init(
    host: String = "127.0.0.1", port: Int = 0, identity: TLSIdentity? = nil,
    bounds: ListeningBounds = ListeningBounds(), complaints: Complaints = .silent
  ) {
    // Not the name: on some machines it means only IPv6.
    self.host = host == "localhost" ? "127.0.0.1" : host
    self.port = port
    self.identity = identity
    self.bounds = bounds
    self.complaints = complaints
    ledger = ConnectionLedger(bounds: bounds)
  }

  package static func isLoopback(_ host: String) -> Bool {
    ["127.0.0.1", "localhost", "::1"].contains(host)
  }

  package var isLoopback: Bool { Listener.isLoopback(host) }

  /// Serves. `onReady` is told the port once connections are accepted.
  ///
  /// - Throws: `ListeningFailure`.
  package func run(
    _ router: Router<PeerContext>, logger: Logger, onReady: @escaping @Sendable (Int) async -> Void
  ) async throws {
    guard identity != nil || isLoopback else { throw ListeningFailure.plainOffLoopback(host) }
    do {
      try await serve(application(router, logger: logger, onReady: onReady), logger: logger)
    } catch is CancellationError {
      return
    } catch let error as ServiceGroupError where error == .alreadyFinished() {
      // Stopped before it began.
      return
    } catch let error as IOError {
      throw ListeningFailure.cannotListen(
        host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
    } catch let error as SocketAddressError {
      throw ListeningFailure.cannotListen(
        host: host, port: port, reason: "the address is not known (\(error))")
    }
  }

  private func application(
    _ router: Router<PeerContext>, logger: Logger,
    onReady: @escaping @Sendable (Int) async -> Void
  ) throws -> Application<RouterResponder<PeerContext>> {
    var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
    decoder.maxHeaderFieldSize = bounds.headBytes
    decoder.maxHeaderListSize = bounds.headBytes
    decoder.maxHeaderFieldCount = bounds.headFields
    let (ledger, bounds, complaints) = (ledger, bounds, complaints)
    let plain = HTTPServerBuilder.http1(
      configuration: .init(
        additionalChannelHandlers: [
          ConnectionKeeper(ledger: ledger, bounds: bounds, complaints: complaints)
        ],
        idleTimeout: .milliseconds(Int64(bounds.headSeconds * 1000)),
        httpDecoderConfiguration: decoder))
    return Application(
      router: router,
      server: try identity.map { try .tls(plain, tlsConfiguration: $0.configuration) } ?? plain,
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: nil),
      onServerRunning: { await onReady($0.localAddress?.port ?? 0) },
      logger: logger)
  }

  /// A cancelled task would cut the connections: the application has a task of its own, and a
  /// cancellation here asks it to stop as a shutdown does.
  private func serve(_ application: some Service, logger: Logger) async throws {
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
}

package enum ListeningFailure: Failure, Equatable {
  case plainOffLoopback(String)
  case cannotListen(host: String, port: Int, reason: String)

  package var message: String {
    switch self {
    case .plainOffLoopback(let host):
      "'\(host)' is not an address of this machine's loopback interface, and this server has no TLS"
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \(host):\(port): \(reason)"
    }
  }

  package var hint: String {
    switch self {
    case .plainOffLoopback:
      "use --host 127.0.0.1, or serve peers with TLS: fieldbook hub --host ADDRESS, or server --share --host ADDRESS"
    case .cannotListen: "choose another --port, or --port 0 for any that is free"
    }
  }
}
