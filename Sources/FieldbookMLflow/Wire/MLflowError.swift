import FieldbookModel
import Hummingbird

/// A refusal as an MLflow client understands it: `{error_code, message}` with a fitting status.
///
/// A client retries every method on 408, 429 and most of 5xx, seven times with growing pauses. What
/// will fail again the same way therefore never gets one of these.
package struct MLflowError: Error, Equatable {
  package enum Code: String {
    case badRequest = "BAD_REQUEST"
    case invalidParameterValue = "INVALID_PARAMETER_VALUE"
    case resourceAlreadyExists = "RESOURCE_ALREADY_EXISTS"
    case resourceDoesNotExist = "RESOURCE_DOES_NOT_EXIST"
    case notFound = "NOT_FOUND"
    case endpointNotFound = "ENDPOINT_NOT_FOUND"
    case permissionDenied = "PERMISSION_DENIED"
    case unauthenticated = "UNAUTHENTICATED"
    case resourceConflict = "RESOURCE_CONFLICT"
    case notImplemented = "NOT_IMPLEMENTED"
    case internalError = "INTERNAL_ERROR"
    case temporarilyUnavailable = "TEMPORARILY_UNAVAILABLE"

    var status: HTTPResponse.Status {
      switch self {
      case .badRequest, .invalidParameterValue, .resourceAlreadyExists: .badRequest
      case .resourceDoesNotExist, .notFound, .endpointNotFound: .notFound
      case .permissionDenied: .forbidden
      case .unauthenticated: .unauthorized
      case .resourceConflict: .conflict
      case .notImplemented: .notImplemented
      case .internalError: .internalServerError
      case .temporarilyUnavailable: .serviceUnavailable
      }
    }

    /// As MLflow 3.17 answers; most are named like the code.
    var errorClass: String {
      switch self {
      case .resourceDoesNotExist, .notFound: "RESOURCE_NOT_FOUND"
      case .internalError: "CLIENT_INTERNAL_ERROR"
      case .badRequest: "INVALID_PARAMETER_VALUE"
      default: rawValue
      }
    }

    /// Whose fault it is, as MLflow 3.17 has it.
    var sqlState: String { status.code < 500 ? "KAM00" : "XXM00" }
  }

  package var code: Code
  package var message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  static func invalid(_ message: String) -> MLflowError {
    MLflowError(.invalidParameterValue, message)
  }

  static func missing(_ message: String) -> MLflowError {
    MLflowError(.resourceDoesNotExist, message)
  }
}

extension MLflowError: HTTPResponseError {
  package var status: HTTPResponse.Status { code.status }

  package func response(from request: Request, context: some RequestContext) -> Response {
    var response = JSON.object([
      "error_code": .string(code.rawValue), "message": .string(message),
      "error_class": .string(code.errorClass), "sqlstate": .string(code.sqlState),
    ]).response
    response.status = code.status
    if code == .unauthenticated {
      // A browser then asks for a password; clients have their own ways to be told.
      let isPage = request.uri.path == "/" || request.uri.path.hasPrefix("/page/")
      response.headers[.wwwAuthenticate] = isPage ? "Basic realm=\"Fieldbook\"" : "Bearer"
    }
    return response
  }
}

extension JSON {
  var response: Response {
    Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: utf8)))
  }
}
