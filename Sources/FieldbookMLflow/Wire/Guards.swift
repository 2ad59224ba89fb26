import FieldbookModel
import Hummingbird
import Synchronization

/// Refuses requests that a web page made a browser send.
///
/// A page anywhere can point a name that it owns at 127.0.0.1 and then talk to a server here as if
/// it were its own (DNS rebinding); the name then stands in `Host`. Other pages' requests carry
/// `Origin`. So both must name this server's loopback address and port.
struct LoopbackRule: Equatable {
  var port: Int

  private var authorities: [String] {
    let names = ["localhost", "127.0.0.1", "[::1]"]
    // Clients leave the port out when it is HTTP's own.
    return names.map { "\($0):\(port)" } + (port == 80 ? names : [])
  }

  func admits(host: String?, origin: String?) -> Bool {
    guard let host, authorities.contains(host.lowercased()) else { return false }
    guard let origin else { return true }
    return origin.lowercased() == "http://" + host.lowercased()
  }
}

struct LoopbackGuard: RouterMiddleware {
  typealias Context = BasicRequestContext

  let port: BoundPort

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let port = port.number,
      LoopbackRule(port: port).admits(
        host: request.head.authority, origin: request.headers[.origin])
    else {
      throw MLflowError(
        .permissionDenied,
        "This server answers only to programs on this machine that address it as"
          + " http://127.0.0.1 or http://localhost with its port.")
    }
    return try await next(request, context)
  }
}

/// The port that was given by the system once the server is bound.
final class BoundPort: Sendable {
  private let value = Mutex<Int?>(nil)

  var number: Int? { value.withLock { $0 } }
  func set(_ port: Int) { value.withLock { $0 = port } }
}

/// Wants the token, as `Bearer`, or as the password of `Basic` for clients that only know those.
struct TokenGuard: RouterMiddleware {
  typealias Context = BasicRequestContext

  let token: String

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let header = request.headers[.authorization], TokenGuard.admits(header, token: token)
    else {
      throw MLflowError(
        .unauthenticated,
        "This server wants its token: set MLFLOW_TRACKING_TOKEN to the one that it was started"
          + " with.")
    }
    return try await next(request, context)
  }

  static func admits(_ header: String, token: String) -> Bool {
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return false }
    switch parts[0].lowercased() {
    case "bearer":
      return isEqual(Array(parts[1].utf8), Array(token.utf8))
    case "basic":
      guard let pair = Base64.decode(parts[1]), let colon = pair.firstIndex(of: UInt8(ascii: ":"))
      else { return false }
      return isEqual(Array(pair[(colon + 1)...]), Array(token.utf8))
    default: return false
    }
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
  typealias Context = BasicRequestContext

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
