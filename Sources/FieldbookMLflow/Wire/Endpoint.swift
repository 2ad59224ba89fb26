import FieldbookModel
import FieldbookServing
import Hummingbird
import NIOCore

/// One method and path of the REST API and what answers it: a row of `EndpointTable`.
struct Endpoint: Sendable {
  typealias Answer = @Sendable (Tracker, Call) throws -> JSON

  /// What is answered with.
  enum Reply: Sendable {
    case document(JSON)
    case points(PointPage)

    var response: Response {
      switch self {
      case .document(let document): document.response
      case .points(let page): page.response
      }
    }
  }

  var method: HTTPRequest.Method
  /// Below the prefix, as `logged-models/{model_id}`.
  var path: String
  /// Called off the event loops: may block.
  var reply: @Sendable (Tracker, Call) throws -> Reply

  init(method: HTTPRequest.Method, path: String, answer: @escaping Answer) {
    self.method = method
    self.path = path
    reply = { .document(try answer($0, $1)) }
  }

  /// One that answers with metric points, however many.
  init(points path: String, _ page: @escaping @Sendable (Tracker, Call) throws -> PointPage) {
    method = .get
    self.path = path
    reply = { .points(try page($0, $1)) }
  }

  static func get(_ path: String, _ answer: @escaping Answer) -> Endpoint {
    Endpoint(method: .get, path: path, answer: answer)
  }

  static func post(_ path: String, _ answer: @escaping Answer) -> Endpoint {
    Endpoint(method: .post, path: path, answer: answer)
  }

  static func patch(_ path: String, _ answer: @escaping Answer) -> Endpoint {
    Endpoint(method: .patch, path: path, answer: answer)
  }

  static func delete(_ path: String, _ answer: @escaping Answer) -> Endpoint {
    Endpoint(method: .delete, path: path, answer: answer)
  }

  func mount(
    on routes: some RouterMethods<PeerContext>, below prefix: String, tracker: Tracker
  ) {
    let reply = self.reply
    routes.on(RouterPath(prefix + "/" + path), method: method) { request, context in
      let body = try await Endpoint.collect(request)
      return try await tracker.blocking {
        try reply(tracker, Call(request, context, body: body)).response
      }
    }
  }

  private static func collect(_ request: Request) async throws -> ByteBuffer {
    do {
      return try await request.body.collect(upTo: Call.bodyLimit)
    } catch is NIOTooManyBytesError {
      throw MLflowError(
        .badRequest, "The request is longer than \(Call.bodyLimit) bytes; split it up.")
    }
  }
}
