import AsyncHTTPClient
import FieldbookModel
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import NIOCore
import NIOHTTP1

@testable import FieldbookMLflow

/// A workspace in a temporary folder, served on a port of its own, and a client that speaks to it.
struct ServedWorkspace: Sendable {
  let workspace: Workspace
  let port: Int
  let token: String?

  static func serve<Result: Sendable>(
    token: String? = nil, listener: Listener = Listener(), access: TrackingServer.Access? = nil,
    adopting: (@Sendable (Workspace) throws -> RunID)? = nil,
    additions: [TrackingServer.RouteAddition] = [],
    _ body: @escaping @Sendable (ServedWorkspace) async throws -> Result
  ) async throws -> Result {
    let folder =
      FileManager.default.temporaryDirectory.path + "/fieldbook-" + EntityKey.random().hex
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let workspace = try Workspace.create(
      in: folder, name: "test", device: "laptop", owner: "ana", isHub: false,
      environment: .live([
        "XDG_STATE_HOME": folder + "/state", "XDG_CONFIG_HOME": folder + "/config", "HOME": folder,
      ]))
    defer { try? workspace.close() }
    let server = TrackingServer(
      workspace: workspace, listener: listener,
      access: access ?? token.map { .token($0) } ?? .open,
      adopting: try adopting?(workspace), additions: additions)
    return try await whileListening { isReady in
      try await server.run(onReady: isReady)
    } _: { port in
      try await body(ServedWorkspace(workspace: workspace, port: port, token: token))
    }
  }

  struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSON { (try? JSONParser.parse(bytes)) ?? .null }
    var code: String? { json["error_code"]?.string }
    var message: String { json["message"]?.string ?? "" }
  }

  func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
    try await send("GET", path, headers: headers)
  }

  func post(_ path: String, _ body: JSON, headers: [String: String] = [:]) async throws -> Answer {
    try await send("POST", path, body: body.utf8, headers: headers)
  }

  /// `path` below the API's prefix, or whole when it begins with `/`.
  func send(
    _ method: String, _ path: String, body: [UInt8]? = nil, type: String? = "application/json",
    headers: [String: String] = [:]
  ) async throws -> Answer {
    let whole = path.hasPrefix("/") ? path : "/api/2.0/mlflow/" + path
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)" + whole)
    request.method = HTTPMethod(rawValue: method)
    if let token { request.headers.add(name: "Authorization", value: "Bearer " + token) }
    if let body {
      request.body = .bytes(ByteBuffer(bytes: body))
      if let type { request.headers.add(name: "Content-Type", value: type) }
    }
    for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
    let answered = try await response.body.collect(upTo: 64 << 20)
    return Answer(
      status: Int(response.status.code), headers: response.headers,
      bytes: Array(answered.readableBytesView))
  }

  /// Over TLS, whatever the certificate, at an address that counts as off loopback.
  func secure(_ path: String, _ headers: [String: String]) async throws -> Answer {
    var configuration = HTTPClient.Configuration()
    configuration.tlsConfiguration = .makeClientConfiguration()
    configuration.tlsConfiguration?.certificateVerification = .none
    let client = HTTPClient(configuration: configuration)
    do {
      var request = HTTPClientRequest(url: "https://127.0.0.2:\(port)" + path)
      for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
      let response = try await client.execute(request, timeout: .seconds(300))
      let answered = try await response.body.collect(upTo: 1 << 20)
      try await client.shutdown()
      return Answer(
        status: Int(response.status.code), headers: response.headers,
        bytes: Array(answered.readableBytesView))
    } catch {
      try await client.shutdown()
      throw error
    }
  }

  func makeExperiment(_ name: String) async throws -> String {
    try await post("experiments/create", .object(["name": .string(name)])).json["experiment_id"]?
      .string ?? ""
  }

  func makeRun(_ members: KeyValuePairs<String, JSON?> = [:]) async throws -> JSON {
    try await post("runs/create", .object(members)).json["run"] ?? .null
  }

  func makeRunID() async throws -> String {
    try await makeRun(["experiment_id": .string("0")]).id
  }

  func run(_ id: String) async throws -> JSON {
    try await get("runs/get?run_id=" + id).json["run"] ?? .null
  }
}

extension JSON {
  /// Of a run.
  var id: String { self["info"]?["run_id"]?.string ?? "" }

  /// `[{key, value}]` as a dictionary.
  var pairs: [String: String] {
    var pairs: [String: String] = [:]
    for item in items ?? [] { pairs[item["key"]?.string ?? ""] = item["value"]?.string }
    return pairs
  }
}
