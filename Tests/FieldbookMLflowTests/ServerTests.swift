import FieldbookModel
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Hummingbird
import Logging
import ServiceLifecycle
import Testing

@testable import FieldbookMLflow

@Suite("The tracking server")
struct ServerTests {
  @Test("health and version are told to anyone on this machine")
  func health() async throws {
    try await ServedWorkspace.serve(token: "t") { (served) async throws in
      let bare = ServedWorkspace(workspace: served.workspace, port: served.port, token: nil)
      #expect(try await bare.get("/health").text == "OK")
      #expect(try await bare.get("/version").text == "3.17.2")
    }
  }

  @Test("without the token nothing is answered")
  func token() async throws {
    try await ServedWorkspace.serve(token: "secret") { (served) async throws in
      let wrong = ServedWorkspace(workspace: served.workspace, port: served.port, token: "secret2")
      for path in [
        "experiments/search?max_results=1", "/api/2.0/mlflow-artifacts/artifacts?path=x",
      ] {
        let refused = try await wrong.get(path)
        #expect(refused.status == 401)
        #expect(refused.code == "UNAUTHENTICATED")
        #expect(try await served.get(path).status == 200)
      }
    }
  }

  @Test("another Host or Origin is refused whatever the token")
  func rebinding() async throws {
    try await ServedWorkspace.serve(token: "t") { (served) async throws in
      let path = "experiments/search?max_results=1"
      let host = ["Host": "evil.example:\(served.port)"]
      #expect(try await served.get(path, headers: host).status == 403)
      #expect(try await served.get(path, headers: ["Origin": "http://evil.example"]).status == 403)
      #expect(try await served.get("/health", headers: host).status == 403)
      let own = ["Origin": "http://127.0.0.1:\(served.port)"]
      #expect(try await served.get(path, headers: own).status == 200)
    }
  }

  @Test("requests that come before the last one is answered are answered in their order")
  func pipelined() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let host = ["Host": "127.0.0.1:\(served.port)"]
      let wire = try await Wire.open("http://127.0.0.1:\(served.port)")
      let paths = ["/health", "/api/2.0/mlflow/bogus", "/version", "/health"]
      try await wire.send(paths.flatMap { Wire.head("GET", $0, nil, host) })
      var answers: [String] = []
      for _ in paths { answers.append(try #require(await wire.answer()).text) }
      #expect(answers[0] == "OK" && answers[2] == "3.17.2" && answers[3] == "OK")
      #expect(answers[1].contains("ENDPOINT_NOT_FOUND"))
      await wire.close()
    }
  }

  @Test("unknown endpoints are refused in MLflow's form")
  func unknown() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      for path in [
        "bogus", "runs/create", "/api/3.0/mlflow/scorers/x", "/ajax-api/2.0/mlflow/gateway-proxy",
        "/api/2.0/mlflow/webhooks",
      ] {
        let answer = try await served.get(path)
        #expect(answer.status == 404, "\(path)")
        #expect(answer.code == "ENDPOINT_NOT_FOUND", "\(path)")
      }
      #expect(try await served.get("/elsewhere").status == 404)
    }
  }

  @Test("routes of others are served on the same port")
  func additions() async throws {
    let addition: TrackingServer.RouteAddition = { router in
      router.get("/fieldbook/ping") { _, _ in "pong" }
    }
    try await ServedWorkspace.serve(token: "t", additions: [addition]) { (served) async throws in
      let bare = ServedWorkspace(workspace: served.workspace, port: served.port, token: nil)
      #expect(try await bare.get("/fieldbook/ping").text == "pong")
      let host = ["Host": "evil.example"]
      #expect(try await bare.get("/fieldbook/ping", headers: host).status == 403)
    }
  }

  @Test("an address that is not loopback is not served")
  func notLoopback() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let server = TrackingServer(
        workspace: served.workspace, listener: Listener(host: "0.0.0.0"), access: .token("t"))
      await #expect(throws: ListeningFailure.plainOffLoopback("0.0.0.0")) {
        try await server.run { _ in }
      }
      let taken = TrackingServer(
        workspace: served.workspace, listener: Listener(port: served.port), access: .open)
      await #expect(throws: ListeningFailure.self) { try await taken.run { _ in } }
    }
  }

  @Test("bodies that are not JSON are refused with a reason")
  func malformed() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let path = "experiments/create"
      let broken = try await served.send("POST", path, body: Array("{bad".utf8))
      #expect(broken.status == 400)
      #expect(broken.code == "BAD_REQUEST")
      let invalid = try await served.send(
        "POST", path, body: Array("{\"name\":\"".utf8) + [0xFF] + Array("\"}".utf8))
      #expect(invalid.status == 400)
      #expect(invalid.message.contains("UTF-8"))
      let form = try await served.send(
        "POST", path, body: Array("name=x".utf8), type: "application/x-www-form-urlencoded")
      #expect(form.message == "Bad Request. Content-Type must be one of ['application/json'].")
      let long = try await served.send(
        "POST", path, body: [UInt8](repeating: 32, count: Call.bodyLimit + 1))
      #expect(long.status == 400)
      #expect(long.message.contains("split it up"))
      let text = try await served.post(path, .object(["name": .integer(123)]))
      #expect(
        text.message
          == "Invalid value 123 for parameter 'name' supplied:  Hint: Value was of type 'int'."
          + " See the API docs for more information about request parameters.")
      let missing = try await served.post(path, .object([:]))
      #expect(
        missing.message
          == "Missing value for required parameter 'name'. See the API docs for more information"
          + " about request parameters.")
    }
  }

  @Test("both prefixes answer, and the 3.0 one says what there is")
  func prefixes() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      #expect(
        try await served.get("/ajax-api/2.0/mlflow/experiments/search?max_results=1").status == 200)
      let info = try await served.get("/api/3.0/mlflow/server-info").json
      #expect(info["multipart_uploads_enabled"] == .bool(false))
    }
  }
}

@Suite("Stopping the tracking server")
struct StopTests {
  @Test("a graceful stop does not wait for connections that are only kept alive")
  func graceful() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let (ports, port) = AsyncStream.makeStream(of: Int.self)
      let second = TrackingServer(workspace: served.workspace, access: .open)
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: [.init(service: Announcing(server: second, port: port))],
          logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
      async let stopped: Void = group.run()
      let number = try #require(await ports.first { _ in true })
      let other = ServedWorkspace(workspace: served.workspace, port: number, token: nil)
      #expect(try await other.get("/health").status == 200)
      await group.triggerGracefulShutdown()
      try await stopped
    }
  }

  @Test("a request under way is answered although the server is cancelled meanwhile")
  func underWay() async throws {
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let slow: TrackingServer.RouteAddition = { router in
      router.get("/slow") { _, _ in
        begin.yield()
        try await Task.sleep(for: .milliseconds(300))
        return "done"
      }
    }
    try await ServedWorkspace.serve { (served) async throws in
      let (ports, port) = AsyncStream.makeStream(of: Int.self)
      let second = TrackingServer(
        workspace: served.workspace, access: .open, additions: [slow])
      let serving = Task { try await second.run { number in port.yield(number) } }
      let number = try #require(await ports.first { _ in true })
      let other = ServedWorkspace(workspace: served.workspace, port: number, token: nil)
      async let answer = other.get("/slow")
      _ = await begun.first { true }
      serving.cancel()
      #expect(try await answer.text == "done")
      try await serving.value
    }
  }

  private struct Announcing: Service {
    let server: TrackingServer
    let port: AsyncStream<Int>.Continuation

    func run() async throws {
      let port = self.port
      try await server.run { number in port.yield(number) }
    }
  }
}
