import AsyncHTTPClient
import FieldbookModel
import FieldbookServing
import FieldbookTestSupport
import Foundation
import NIOCore
import Testing

@testable import FieldbookMLflow

/// Other users of the machine get nothing from a server on loopback. Needs root, to be another user.
@Suite("Other users of this machine", .enabled(if: geteuid() == 0)) struct OwnUserTests {
  private static let nobody = 65534
  private static let search = "/api/2.0/mlflow/experiments/search?max_results=1"

  /// The status of a request that a program of the user makes; 0 if there was none.
  private func status(
    _ served: ServedWorkspace, user: Int, _ path: String, _ extra: [String] = []
  ) async throws -> Int {
    let command = Command(
      "setpriv",
      ["--reuid", String(user), "--clear-groups", "curl", "-s", "-o", "/dev/null", "-w"]
        + ["%{http_code}", "--max-time", "300"] + extra
        + ["http://127.0.0.1:\(served.port)\(path)"])
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try Int(command.answer().out) ?? 0 })
      }
    }
  }

  @Test("a program of the server's own user needs no token, one of another does") func server()
    async throws
  {
    try await ServedWorkspace.serve(access: .ownUser(orToken: "secret")) { (served) async throws in
      #expect(try await status(served, user: 0, OwnUserTests.search) == 200)
      #expect(try await served.get(OwnUserTests.search).status == 200)
      let answer = try await status(served, user: OwnUserTests.nobody, OwnUserTests.search)
      #expect(answer == 401)
      let shown = ["-H", "Authorization: Bearer secret"]
      #expect(
        try await status(served, user: OwnUserTests.nobody, OwnUserTests.search, shown) == 200)
    }
  }

  @Test("every endpoint wants it: what is written, the artifacts, the page's own addresses")
  func everywhere() async throws {
    try await ServedWorkspace.serve(access: .ownUser(orToken: "secret")) { (served) async throws in
      for path in [
        "/api/2.0/mlflow/experiments/get?experiment_id=0",
        "/ajax-api/2.0/mlflow/experiments/search?max_results=1", "/api/3.0/mlflow/server-info",
        "/api/2.0/mlflow-artifacts/artifacts?path=x", "/get-artifact?path=x",
        "/model-versions/get-artifact?path=x", "/api/2.0/mlflow-artifacts/presigned/x",
        "/ajax-api/2.0/mlflow/logged-models/m-x/artifacts/files",
      ] {
        let answer = try await status(served, user: OwnUserTests.nobody, path)
        #expect(answer == 401, "\(path)")
      }
      let create = ["-X", "POST", "-H", "Content-Type: application/json", "-d", #"{"name":"x"}"#]
      let path = "/api/2.0/mlflow/experiments/create"
      #expect(try await status(served, user: OwnUserTests.nobody, path, create) == 401)
      let own = try await status(served, user: 0, path, create)
      #expect(own == 200)
    }
  }

  @Test("the port of a run wants its token of every user, the own one included") func run()
    async throws
  {
    try await ServedWorkspace.serve(token: "secret") { (served) async throws in
      for user in [0, OwnUserTests.nobody] {
        #expect(try await status(served, user: user, OwnUserTests.search) == 401)
      }
    }
  }
}

@Suite("What may be asked without a token, and from where") struct AccessTests {
  @Test("below /sync/v1/ the Host may be that of a tunnel; elsewhere it may not") func tunnel()
    async throws
  {
    let addition: TrackingServer.RouteAddition = { router in
      router.post("/sync/v1/hello") { _, _ in "proves itself" }
    }
    try await ServedWorkspace.serve(token: "t", additions: [addition]) { (served) async throws in
      let host = ["Host": "127.0.0.1:14600"]
      let answer = try await served.send("POST", "/sync/v1/hello", body: [], headers: host)
      #expect(answer.text == "proves itself")
      #expect(
        try await served.get("/api/2.0/mlflow/experiments/search", headers: host).status == 403)
      #expect(try await served.get("/health", headers: host).status == 403)
    }
  }

  @Test("off loopback, with TLS, MLflow's endpoints want the token and take no page's word")
  func offLoopback() async throws {
    let folder = try TemporaryFolder()
    let identity = try OwnCertificate.kept(in: folder.path + "/tls", names: ["127.0.0.1"])
    try await ServedWorkspace.serve(
      listener: Listener(host: "127.0.0.2", identity: identity), access: .token("secret")
    ) { (served) async throws in
      let bare = ServedWorkspace(workspace: served.workspace, port: served.port, token: nil)
      func ask(_ who: ServedWorkspace, _ headers: [String: String] = [:]) async throws -> Int {
        try await who.secure("/api/2.0/mlflow/experiments/search?max_results=1", headers).status
      }
      let token = ["Authorization": "Bearer secret"]
      #expect(try await ask(bare) == 401)
      #expect(try await ask(bare, token) == 200)
      #expect(try await ask(bare, token.merging(["Host": "hub.example.org"]) { $1 }) == 200)
      let page = ["Origin": "https://evil.example"]
      #expect(try await ask(bare, token.merging(page) { $1 }) == 403)
      // Plain HTTP is not spoken there at all.
      await #expect(throws: (any Error).self) {
        let plain = HTTPClientRequest(url: "http://127.0.0.2:\(served.port)/health")
        _ = try await HTTPClient.shared.execute(plain, timeout: .seconds(300))
      }
    }
  }
}
