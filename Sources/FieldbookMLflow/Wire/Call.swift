import FieldbookModel
import Hummingbird

/// One request to an endpoint, read and ready to be answered.
struct Call: Sendable {
  var fields: Fields
  /// Parts of the path, decoded: `model_id` of `logged-models/{model_id}`.
  var path: [String: String]

  /// Part `name` of the path; a route that has no such part is a mistake in the table.
  func part(_ name: String) throws(MLflowError) -> String {
    guard let part = path[name], !part.isEmpty else { throw Fields.missing(name) }
    return part
  }

  /// The name of what `**` stands for in a path.
  static let rest = "**"

  /// A body beyond this is refused. MLflow's client keeps batches at 1 MB; the profile of a dataset
  /// may be longer.
  static let bodyLimit = 8 << 20
}

extension Call {
  init(_ request: Request, _ context: some RequestContext, body: ByteBuffer) throws(MLflowError) {
    var path: [String: String] = [:]
    for (name, value) in context.parameters {
      path[String(name)] = try PercentCoding.decodePath(value)
    }
    let rest = context.parameters.getCatchAll().joined(separator: "/")
    if !rest.isEmpty { path[Call.rest] = try PercentCoding.decodePath(rest) }
    self.path = path
    guard body.readableBytes > 0 else {
      fields = Fields(query: try PercentCoding.decodeQuery(request.uri.query ?? ""))
      return
    }
    try Call.checkContentType(request.headers[.contentType])
    let json: JSON
    do { json = try JSONParser.parse(Array(body.readableBytesView)) } catch {
      throw MLflowError(
        .badRequest, "The body is not JSON: \(error.message) (byte \(error.offset)).")
    }
    fields = Fields(body: json)
    try fields.checkSpelling()
  }

  /// A page of another site can send text and forms without asking first, but not JSON.
  private static func checkContentType(_ type: String?) throws(MLflowError) {
    guard let type else { throw .invalid("Bad Request. Content-Type header is missing.") }
    let plain = type.prefix { $0 != ";" && $0 != " " }
    guard plain.lowercased() == "application/json" else {
      throw .invalid("Bad Request. Content-Type must be one of ['application/json'].")
    }
  }
}
