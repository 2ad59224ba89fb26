import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMLflow

/// Whatever is sent, the answer is a refusal in MLflow's form, and nothing has changed.
@Suite("Hostile requests") struct HostileRequestTests {
  private func unchanged(
    _ body: @escaping @Sendable (ServedWorkspace) async throws -> Void
  ) async throws {
    try await ServedWorkspace.serve { served in
      _ = try await served.makeRunID()
      let before = try served.workspace.status().stateHash
      try await body(served)
      #expect(try served.workspace.status().stateHash == before)
      #expect(try await served.get("/health").text == "OK")
    }
  }

  @Test("a million keys, brackets without end and lists of nothing are refused")
  func bodies() async throws {
    let keys = "{" + (0..<400_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
    let bodies = [
      keys, String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 200_000),
      "{\"tags\":[" + String(repeating: "{},", count: 500_000) + "{}]}",
      "{\"run_id\":\"" + String(repeating: "a", count: 1_000_000) + "\"}",
      "{\"metrics\":[" + String(repeating: "1,", count: 500_000) + "1]}",
    ]
    try await unchanged { served in
      for path in ["runs/log-batch", "runs/set-tag", "experiments/create", "model-versions/create"]
      {
        for body in bodies {
          let answer = try await served.send("POST", path, body: Array(body.utf8))
          #expect((400..<500).contains(answer.status) && answer.code != nil, "\(path)")
        }
      }
    }
  }

  @Test("filters and sources that are meant to take for ever are refused at once")
  func texts() async throws {
    let long = String(repeating: "x", count: 100_000)
    let filters = [
      String(repeating: "name = 'a' AND ", count: 20_000) + "name = 'a'",
      "name LIKE '" + long + "'",
      "name IN (" + String(repeating: "'a',", count: 20_000) + "'a')",
      String(repeating: "(", count: 60_000),
    ]
    let sources = [
      "s3://b/%" + String(repeating: "25", count: 100_000),
      "models:/" + String(repeating: "/", count: 100_000),
      "mlflow-artifacts:/0/" + String(repeating: "../", count: 30_000),
      "s3://" + String(repeating: "%2e%2e/", count: 30_000),
    ]
    try await unchanged { served in
      for path in ["runs/search", "logged-models/search", "experiments/search"] {
        for filter in filters {
          let body = JSON.object([
            "experiment_ids": .array([.string("0")]), "max_results": .integer(5),
            "filter": .string(filter),
          ])
          let status = try await served.post(path, body).status
          #expect((200..<500).contains(status))
        }
      }
      for source in sources {
        let body = JSON.object(["name": .string("m"), "source": .string(source)])
        #expect(
          try await served.post("model-versions/create", body).code == "INVALID_PARAMETER_VALUE")
      }
    }
  }

  @Test("paths that climb reach no file, whichever address is asked")
  func paths() async throws {
    try await unchanged { served in
      let run = try await served.get(
        "experiments/search?max_results=1"
      ).json["experiments"]?.items?.count
      #expect(run == 1)
      for path in [
        "../../etc/passwd", "%252e%252e/x", "/etc/passwd", "a%00b", "file:///etc/passwd",
      ] {
        let word = PercentCoding.encode(path)
        for address in [
          "/get-artifact?run_id=x&path=\(word)",
          "/model-versions/get-artifact?name=m&version=1&path=\(word)",
          "/ajax-api/2.0/mlflow/logged-models/m-x/artifacts/files?artifact_file_path=\(word)",
          "/api/2.0/mlflow-artifacts/artifacts?path=\(word)",
        ] {
          let answer = try await served.get(address)
          #expect(answer.status == 400 && answer.code == "INVALID_PARAMETER_VALUE", "\(address)")
        }
        let upload = try await served.send(
          "POST", "/ajax-api/2.0/mlflow/upload-artifact?run_uuid=x&path=\(word)", body: [1])
        #expect(upload.status == 400, "\(path)")
      }
    }
  }

  @Test("more headers than a request needs are refused") func headers() async throws {
    try await unchanged { served in
      var many: [String: String] = [:]
      for number in 0..<500 { many["X-Header-\(number)"] = "x" }
      for headers in [many, ["X-Long": String(repeating: "x", count: 1 << 20)]] {
        // The connection may be closed before all was said.
        let answer = try? await served.get("experiments/search?max_results=1", headers: headers)
        #expect(answer == nil || (400..<500).contains(answer?.status ?? 0))
      }
    }
  }
}
