import FieldbookDocuments
import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import HTTPTypes
import Hummingbird
import NIOCore

/// What the page is told instead of an answer.
struct PageFailure: Error {
  var status: HTTPResponse.Status
  var message: String
  var hint = ""

  init(_ status: HTTPResponse.Status, _ message: String, hint: String = "") {
    (self.status, self.message, self.hint) = (status, message, hint)
  }

  /// In the words of the command line.
  init(_ error: any Error) {
    switch error {
    case let failure as PageFailure: self = failure
    case let failure as any Failure:
      self.init(PageFailure.status(failure), failure.message, hint: failure.hint)
    case let failure as JSONFailure:
      self.init(.badRequest, "the request is no JSON: \(failure.message)")
    default: self.init(.internalServerError, SystemReason.words(error))
    }
  }

  private static func status(_ failure: any Failure) -> HTTPResponse.Status {
    switch failure {
    case WorkspaceFailure.notFound: .notFound
    case WorkspaceFailure.artifactNotHere, WorkspaceFailure.ambiguous: .conflict
    default: .badRequest
    }
  }

  var document: JSON {
    ["error": .string(message), "hint": hint.isEmpty ? .null : .string(hint)]
  }

  var response: Response { PageHeaders.json(document, status: status) }
}

/// What every answer to a browser says.
enum PageHeaders {
  /// Nothing from elsewhere, nothing written into the page, no frame around it. (CSP 3)
  static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    + "connect-src 'self'; frame-src 'self'; media-src 'self'; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'none'"

  static func add(to headers: inout HTTPFields) {
    headers[.contentSecurityPolicy] = headers[.contentSecurityPolicy] ?? policy
    headers[.xContentTypeOptions] = "nosniff"
    headers[HTTPField.Name("Referrer-Policy")!] = "no-referrer"
    headers[HTTPField.Name("Cross-Origin-Opener-Policy")!] = "same-origin"
    headers[HTTPField.Name("Cross-Origin-Resource-Policy")!] = "same-origin"
    headers[.cacheControl] = headers[.cacheControl] ?? "no-store"
  }

  static func json(_ document: JSON, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: document.utf8)))
  }
}
