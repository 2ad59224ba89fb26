import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookMLflow

/// docs/mlflow-endpoints.md says for each endpoint of MLflow what it is answered with. It is made here:
/// `FIELDBOOK_WRITE_DOCS=1 swift test --filter EndpointPageTests`.
@Suite("The page of MLflow's endpoints") struct EndpointPageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let page = root.appending(path: "docs/mlflow-endpoints.md")

  /// As `scripts/mlflow/endpoints.py` printed them.
  private static func known() throws -> [String] {
    let text = try String(
      contentsOf: root.appending(path: "Fixtures/mlflow/endpoints.txt"), encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
  }

  @Test("it says what the code answers") func current() async throws {
    let made = try await EndpointPageTests.made()
    if ProcessInfo.processInfo.environment["FIELDBOOK_WRITE_DOCS"] == "1" {
      try made.write(to: EndpointPageTests.page, atomically: true, encoding: .utf8)
    }
    let kept = try String(contentsOf: EndpointPageTests.page, encoding: .utf8)
    #expect(
      kept == made, "make it anew: FIELDBOOK_WRITE_DOCS=1 swift test --filter EndpointPageTests")
  }

  @Test("what is served is MLflow's, or served below its other prefix too") func served() throws {
    let known = Set(try EndpointPageTests.known())
    for route in Set(EndpointTable.routes) {
      let plain = route.replacing("/ajax-api/", with: "/api/")
      let ajax = plain.replacing("/api/", with: "/ajax-api/")
      #expect(
        known.contains(plain) || known.contains(ajax) || known.contains(route),
        "\(route) is none of MLflow's")
    }
  }

  /// The answer to a call without anything in it tells what is served from what is not.
  private static func made() async throws -> String {
    let known = try known()
    let served = Set(EndpointTable.routes)
    var rows: [String] = []
    var counts = [0, 0]
    let answers = try await ServedWorkspace.serve { served in
      var answers: [String: ServedWorkspace.Answer] = [:]
      for pair in known {
        let parts = pair.split(separator: " ").map(String.init)
        let path = parts[1].replacing(try Regex("{[a-z_]+}"), with: "x")
        answers[pair] = try await served.send(
          parts[0], path, body: parts[0] == "GET" ? nil : Array("{}".utf8))
      }
      return answers
    }
    for pair in known {
      let parts = pair.split(separator: " ")
      let answer = try #require(answers[pair])
      let isServed = served.contains(pair)
      let isRefused = isServed && (pair.contains("/mpu/") || pair.contains("presigned"))
      #expect(isServed == (answer.code != "ENDPOINT_NOT_FOUND" && !answer.isNoRoute), "\(pair)")
      counts[isServed && !isRefused ? 0 : 1] += 1
      let said =
        isRefused
        ? pair.contains("url") ? "400 `INVALID_PARAMETER_VALUE`" : "501 `NOT_IMPLEMENTED`"
        : isServed ? "served" : answer.code.map { "404 `\($0)`" } ?? "404"
      rows.append("| \(parts[0]) | `\(parts[1])` | \(said) |")
    }
    return """
      # MLflow's endpoints

      Each method and path of MLflow 3.17.2, as its own routers list them (`scripts/mlflow/endpoints.py`), and what it is
      answered with: \(counts[0]) are served, \(counts[1]) refused. What is below `/api/` is served below `/ajax-api/`, too.
      Multipart and presigned transfers are refused as MLflow refuses them over plain files: clients then send files whole.

      This page is made by a test (`FIELDBOOK_WRITE_DOCS=1 swift test --filter EndpointPageTests`), and checked by it.

      | method | path | answer |
      | --- | --- | --- |
      \(rows.joined(separator: "\n"))

      """
  }
}

extension ServedWorkspace.Answer {
  /// Nothing in MLflow's form: no address of its API.
  fileprivate var isNoRoute: Bool { status == 404 && code == nil }
}
