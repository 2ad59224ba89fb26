import AsyncHTTPClient
import FieldbookModel
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Calls of an MLflow tracking server's REST API: bounded, and repeated where the network is at fault.
///
/// Waits for each answer. Credentials come from MLflow's own variables and go to this server alone: redirects are not
/// followed. Source: MLflow's `mlflow/environment_variables.py` and `mlflow/utils/rest_utils.py`.
package final class TrackingClient: Sendable {
  /// Without a slash at its end, and without credentials.
  package let base: String
  private let client: HTTPClient
  private let authorization: String?

  /// The largest answer that is read.
  static let answerBytes = 256 * 1024 * 1024
  private static let attempts = 5

  package init(_ url: String, variables: [String: String]) throws {
    guard var parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), parts.host?.isEmpty == false
    else { throw MovingFailure.unreachable(url: url, reason: "it is no http or https URL") }
    let named = parts.user.map { ($0, parts.password ?? "") }
    (parts.user, parts.password, parts.query, parts.fragment) = (nil, nil, nil, nil)
    var base = parts.string ?? url
    while base.hasSuffix("/") { base.removeLast() }
    self.base = base
    authorization = TrackingClient.authorization(named, variables)
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(20), read: .seconds(120)),
      decompression: .enabled(limit: .size(TrackingClient.answerBytes)))
    var tls = TLSConfiguration.makeClientConfiguration()
    if variables["MLFLOW_TRACKING_INSECURE_TLS"]?.lowercased() == "true" {
      tls.certificateVerification = .none
    }
    if let file = variables["MLFLOW_TRACKING_SERVER_CERT_PATH"], !file.isEmpty {
      tls.trustRoots = .file(file)
    }
    configuration.tlsConfiguration = tls
    // We try again ourselves; it would wait for each connection until its time is over.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit { client.shutdown { _ in } }

  private static func authorization(
    _ named: (String, String)?, _ variables: [String: String]
  ) -> String? {
    func basic(_ user: String, _ password: String) -> String {
      "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }
    if let named { return basic(named.0, named.1) }
    if let user = variables["MLFLOW_TRACKING_USERNAME"], !user.isEmpty {
      return basic(user, variables["MLFLOW_TRACKING_PASSWORD"] ?? "")
    }
    return variables["MLFLOW_TRACKING_TOKEN"].flatMap { $0.isEmpty ? nil : "Bearer " + $0 }
  }

  // MARK: JSON

  package func get(_ path: String, _ query: KeyValuePairs<String, String?> = [:]) throws -> JSON {
    try json(.GET, url(path, query), nil)
  }

  /// - Parameter isRepeatable: false for what must not be done twice: then one attempt is all.
  package func post(_ path: String, _ body: JSON, isRepeatable: Bool = true) throws -> JSON {
    try json(.POST, url(path, [:]), body, isRepeatable: isRepeatable)
  }

  package func delete(_ path: String) throws { _ = try json(.DELETE, url(path, [:]), nil) }

  /// Bytes of another kind than JSON, with what the server is to know about them; its answer does not matter.
  func post(_ path: String, _ bytes: [UInt8], type: String, headers: [String: String]) throws {
    let url = try url(path, [:])
    _ = try repeated(url) {
      var request = try self.request(.POST, url)
      request.headers.replaceOrAdd(name: "Content-Type", value: type)
      for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
      request.body = .bytes(bytes)
      return try self.client.execute(
        request: request,
        delegate: ResponseAccumulator(request: request, maxBodySize: TrackingClient.answerBytes)
      ).wait()
    }
  }

  package func patch(_ path: String, _ body: JSON) throws -> JSON {
    try json(.PATCH, url(path, [:]), body)
  }

  private func json(
    _ method: HTTPMethod, _ url: String, _ body: JSON?, isRepeatable: Bool = true
  ) throws -> JSON {
    let bytes = body?.utf8
    let answer = try repeated(url, attempts: isRepeatable ? TrackingClient.attempts : 1) {
      var request = try self.request(method, url)
      if let bytes {
        request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
        request.body = .bytes(bytes)
      }
      return try self.client.execute(
        request: request,
        delegate: ResponseAccumulator(request: request, maxBodySize: TrackingClient.answerBytes)
      ).wait()
    }
    let bytesRead = answer.body.map { Array(buffer: $0) } ?? []
    do { return try JSONParser.parse(bytesRead) } catch {
      throw MovingFailure.refused(
        url: url, status: Int(answer.status.code), message: "what it answered is no JSON")
    }
  }

  /// All pages of a list.
  ///
  /// - Parameter page: the answer to a page token.
  func pages(_ page: (String?) throws -> JSON) throws {
    var token: String?
    var seen: Set<String> = []
    repeat {
      let answer = try page(token)
      token = answer["next_page_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
      // A server that gives the same page again and again would be read for ever.
      if let token, !seen.insert(token).inserted {
        throw MovingFailure.refused(
          url: base, status: 200, message: "the same page of a list again")
      }
    } while token != nil
  }

  // MARK: Files

  /// Into a file that is there.
  func download(_ path: String, _ query: KeyValuePairs<String, String?>, to file: String) throws {
    let url = try url(path, query)
    _ = try repeated(url) {
      let request = try self.request(.GET, url)
      let status = StatusBox()
      guard truncate(file, 0) == 0 else {
        throw MovingFailure.cannotWrite(path: file, reason: String(cString: strerror(errno)))
      }
      let delegate = try FileDownloadDelegate(
        path: file, reportHead: { status.set(Int($0.status.code)) })
      _ = try self.client.execute(request: request, delegate: delegate).wait()
      return HTTPClient.Response(
        host: "", status: .init(statusCode: status.value), version: .http1_1, headers: [:],
        body: nil)
    }
  }

  /// - Parameter open: gives what reads the content from its beginning, nil at its end; once for each try.
  package func upload(
    _ path: String, byteCount: Int64, open: () throws -> @Sendable () throws -> [UInt8]?
  ) throws {
    let url = try url(path, [:])
    _ = try repeated(url) {
      var request = try self.request(.PUT, url)
      let body = PiecewiseBody(next: try open())
      request.body = .stream(contentLength: byteCount) { body.write(to: $0) }
      return try self.client.execute(
        request: request,
        delegate: ResponseAccumulator(request: request, maxBodySize: TrackingClient.answerBytes)
      ).wait()
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case let error as HTTPClientError: error.shortDescription
    default: "\(error)"
    }
  }

  // MARK: Calling

  private func request(_ method: HTTPMethod, _ url: String) throws -> HTTPClient.Request {
    var request = try HTTPClient.Request(url: url, method: method)
    request.headers.add(name: "User-Agent", value: "fieldbook")
    if let authorization { request.headers.add(name: "Authorization", value: authorization) }
    return request
  }

  private func url(_ path: String, _ query: KeyValuePairs<String, String?>) throws -> String {
    let words = query.compactMap { name, value in
      value.map { name + "=" + TrackingClient.escaped($0, keeping: "") }
    }
    return base + path + (words.isEmpty ? "" : "?" + words.joined(separator: "&"))
  }

  /// Percent-encoded, unreserved characters (RFC 3986) aside.
  static func escaped(_ text: String, keeping: String) -> String {
    let plain = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" + keeping)
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
  }

  private func repeated(
    _ url: String, attempts: Int = TrackingClient.attempts, _ call: () throws -> HTTPClient.Response
  ) throws -> HTTPClient.Response {
    var attempt = 1
    while true {
      do {
        let answer = try call()
        let code = Int(answer.status.code)
        if 200..<300 ~= code { return answer }
        let isPassing = code == 429 || [500, 502, 503, 504].contains(code)
        guard isPassing, attempt < attempts else {
          throw MovingFailure.refused(
            url: url, status: code, message: TrackingClient.message(answer))
        }
      } catch let failure as MovingFailure {
        throw failure
      } catch {
        guard attempt < attempts else {
          throw MovingFailure.unreachable(url: base, reason: TrackingClient.reason(error))
        }
      }
      Thread.sleep(forTimeInterval: 0.2 * Double(1 << attempt))
      attempt += 1
    }
  }

  /// MLflow's own message, if it is one.
  private static func message(_ answer: HTTPClient.Response) -> String {
    let bytes = answer.body.map { Array(buffer: $0) } ?? []
    let json = try? JSONParser.parse(bytes)
    let text = json?["message"]?.string ?? String(decoding: bytes, as: UTF8.self)
    return text.isEmpty ? "nothing" : String(text.prefix(200))
  }
}
