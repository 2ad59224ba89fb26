import FieldbookServing
import HTTPTypes
import Hummingbird

/// Puts the page's headers on every answer, and turns what went wrong into words. Changes are taken only from the page's own scripts:
/// another page's form cannot set the field that they set.
struct PageGuard: RouterMiddleware {
  typealias Context = PeerContext

  static let field = HTTPField.Name("X-Fieldbook")!
  static let word = "page"

  func handle(
    _ request: Request, context: Context,
    next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      if request.method != .get, request.method != .head,
        request.headers[PageGuard.field] != PageGuard.word
      {
        throw PageFailure(.forbidden, "only the page's own scripts may ask for this")
      }
      response = try await next(request, context)
    } catch let error as HTTPError {
      throw error
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      response = PageFailure(error).response
    }
    PageHeaders.add(to: &response.headers)
    return response
  }
}
