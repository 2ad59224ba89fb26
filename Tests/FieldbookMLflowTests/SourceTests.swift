import FieldbookModel
import FieldbookWorkspace
import Testing

@testable import FieldbookMLflow

@Suite("Sources of model versions") struct SourceTests {
  @Test("what is of a run or of a logged model is taken with its name only")
  func owners() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      _ = try await served.post("registered-models/create", .object(["name": .string("m")]))
      let (run, other) = (try await served.makeRunID(), try await served.makeRunID())
      let logged = try await served.post(
        "logged-models", .object(["experiment_id": .string("0"), "name": .string("net")])
      ).json["model"]?["info"]?["model_id"]?.string
      let model = try #require(logged)
      let ofRun = "mlflow-artifacts:/0/\(run)/artifacts/x"
      let cases: [(String, String?, String?, Bool)] = [
        (ofRun, run, nil, true), (ofRun, other, nil, false), (ofRun, nil, nil, false),
        ("runs:/\(run)/x", run, nil, true), ("runs:/\(run)/x", other, nil, false),
        ("models:/\(model)", nil, model, true), ("models:/\(model)", nil, nil, false),
        ("models:/\(model)", run, nil, false), ("s3://bucket/x", nil, nil, true),
        ("s3://bucket/../x", nil, nil, false), ("s3://bucket/%252e%252e/x", nil, nil, false),
        ("s3://bucket", nil, nil, false), ("/etc/passwd", run, nil, false),
        ("file:///etc/passwd", nil, nil, false), ("http://example.org/m", run, nil, false),
        ("mlflow-artifacts://host/x", run, nil, false), ("ftp://h/x", nil, nil, false),
      ]
      for (source, run, model, isTaken) in cases {
        let answer = try await served.post(
          "model-versions/create",
          .object([
            "name": .string("m"), "source": .string(source), "run_id": .text(run),
            "model_id": .text(model),
          ]))
        #expect(answer.status == (isTaken ? 200 : 400), "\(source) \(run ?? "-") \(model ?? "-")")
        if !isTaken { #expect(answer.code == "INVALID_PARAMETER_VALUE") }
      }
    }
  }

  @Test(
    "a copy keeps the run of what it was made of; a search lists what is left when a model goes")
  func copies() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      for name in ["a", "b"] {
        _ = try await served.post("registered-models/create", .object(["name": .string(name)]))
      }
      let run = try await served.makeRunID()
      _ = try await served.post(
        "model-versions/create",
        .object([
          "name": .string("a"), "source": .string("s3://bucket/x"), "run_id": .string(run),
          "run_link": .string("http://example.org/run"),
        ]))
      let made = try await served.get("model-versions/search?filter=name%3D%27a%27").json[
        "model_versions"]?.items?.first
      let number = try #require(made?["version"]?.string)
      #expect(made?["run_link"]?.string == "http://example.org/run" && made?["tags"] == nil)
      let copy = try await served.post(
        "model-versions/create",
        .object([
          "name": .string("b"), "source": .string("models:/a/\(number)"),
        ])
      ).json["model_version"]
      #expect(copy?["run_id"]?.string == run)
      let copied = try #require(copy?["version"]?.string)
      let uri = try await served.get("model-versions/get-download-uri?name=b&version=\(copied)")
        .json
      #expect(uri["artifact_uri"]?.string == "s3://bucket/x")
      let gone = try await served.send(
        "DELETE", "registered-models/delete", body: JSON.object(["name": .string("a")]).utf8)
      #expect(gone.status == 200)
      let left = try await served.get("model-versions/search").json["model_versions"]?.items
      #expect(left?.map { $0["name"]?.string } == ["b"])
      #expect(try await served.get("model-versions/search?filter=name%3D%27a%27").status == 200)
      _ = try await served.post("registered-models/create", .object(["name": .string("a")]))
      #expect(
        try await served.get("registered-models/get?name=a").json["registered_model"]?[
          "latest_versions"] == nil)
    }
  }
}
