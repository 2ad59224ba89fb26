import FieldbookServing
import HTTPTypes
import Hummingbird

/// Lets only browsers that are signed in see what a hub's page shows.
struct PageAdmission: RouterMiddleware {
  typealias Context = PeerContext

  let sessions: PageSessions

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let shown = request.headers[.cookie]
    _ = try await Blocking.run { try sessions.viewer(shown) }
    return try await next(request, context)
  }
}

/// Who may look, and whether they may change.
package enum PageAccess: Sendable {
  /// Whoever the port lets in is the device itself.
  case device
  /// On a hub: who signs in looks. What a person decides is signed by the device of that person, and not by the hub.
  case signIn(isSecure: Bool)
}
