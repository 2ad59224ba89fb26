import FieldbookModel
import FieldbookServing
import Hummingbird
import Synchronization

/// Refuses requests that a web page made a browser send.
///
/// A page anywhere can point a name that it owns at 127.0.0.1 and then talk to a server here as if
/// it were its own (DNS rebinding); the name then stands in `Host`. Other pages' requests carry
/// `Origin`. So both must name this server's loopback address and port.
struct LoopbackRule: Equatable {
  var port: Int
  var scheme = "http"

  private var authorities: [String] {
    let names = ["localhost", "127.0.0.1", "[::1]"]
    // Clients leave the port out when it is HTTP's own.
    return names.map { "\($0):\(port)" } + (port == (scheme == "http" ? 80 : 443) ? names : [])
  }

  func admits(host: String?, origin: String?) -> Bool {
    guard let host, authorities.contains(host.lowercased()) else { return false }
    guard let origin else { return true }
    return origin.lowercased() == scheme + "://" + host.lowercased()
  }
}

struct BrowserGuard: RouterMiddleware {
  typealias Context = PeerContext

  /// Peers prove themselves on every session, git's clients with every request; both may come through a tunnel that
  /// listens on another port.
  private static let provedBelow = ["/sync/v1/", "/repository.git/"]

  let listener: Listener
  let port: BoundPort

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard BrowserGuard.provedBelow.contains(where: request.uri.path.hasPrefix) || admits(request)
    else {
      listener.complaints.note("a request that names another host or origin", from: context.address)
      throw MLflowError(
        .permissionDenied,
        "This server answers only to programs that address it by its own name and port"
          + (listener.isLoopback ? ", as http://127.0.0.1 or http://localhost does." : "."))
    }
    return try await next(request, context)
  }

  private func admits(_ request: Request) -> Bool {
    guard let port = port.number else { return false }
    let (host, origin) = (request.head.authority, request.headers[.origin])
    if listener.isLoopback {
      return LoopbackRule(port: port, scheme: scheme).admits(host: host, origin: origin)
    }
    // By what name it is reached is not known here; no page of another origin is let in, and all need the token.
    guard let origin else { return true }
    return host.map { origin.lowercased() == scheme + "://" + $0.lowercased() } ?? false
  }

  private var scheme: String { listener.identity == nil ? "http" : "https" }
}

/// The port that was given by the system once the server is bound.
final class BoundPort: Sendable {
  private let value = Mutex<Int?>(nil)

  var number: Int? { value.withLock { $0 } }
  func set(_ port: Int) { value.withLock { $0 = port } }
}

/// Wants the token, as `Bearer`, or as the password of `Basic` for clients that only know those.
struct TokenGuard: RouterMiddleware {
  typealias Context = PeerContext

  let token: String
  let listener: Listener
  /// Whether programs of this server's own user need none.
  let admitsOwnUser: Bool

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let isShown =
      request.headers[.authorization].map { TokenGuard.admits($0, token: token) } ?? false
    guard isShown || admitsOwnUser && context.isOwnUser(listener.ledger) else {
      listener.complaints.note("a request without this server's token", from: context.address)
      throw MLflowError(
        .unauthenticated,
        "This server wants its token: set MLFLOW_TRACKING_TOKEN to the one that it was started"
          + " with; `fieldbook server` says where it is.")
    }
    return try await next(request, context)
  }

  static func admits(_ header: String, token: String) -> Bool {
    Credentials.token(header).map { isEqual($0, Array(token.utf8)) } ?? false
  }

  /// Takes as long for a wrong token as for the right one.
  private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(left, right) { difference |= one ^ other }
    return difference == 0
  }
}

/// Answers what no route knows, below MLflow's addresses, in MLflow's form.
struct UnknownEndpoint: RouterMiddleware {
  typealias Context = PeerContext

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      guard EndpointTable.domains.contains(where: request.uri.path.hasPrefix) else { throw error }
      throw MLflowError(
        .endpointNotFound, "No API found for '\(request.method.rawValue) \(request.uri.path)'")
    }
  }
}
