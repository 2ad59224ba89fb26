import FieldbookModel
import FieldbookWorkspace
import Testing

@testable import FieldbookMLflow

@Suite("The registry over the API")
struct RegistryTests {
  @Test("a logged model is made, registered, and found by its alias")
  func registered() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let run = try await served.makeRunID()
      let logged = try await served.post(
        "logged-models",
        .object([
          "experiment_id": .string("0"), "name": .string("model"), "source_run_id": .string(run),
        ])
      ).json["model"]?["info"]
      let id = try #require(logged?["model_id"]?.string)
      #expect(logged?["status"]?.string == "LOGGED_MODEL_PENDING")
      let ready = try await served.send(
        "PATCH", "logged-models/\(id)",
        body: JSON.object(["status": .string("LOGGED_MODEL_READY")]).utf8)
      #expect(ready.json["model"]?["info"]?["status"]?.string == "LOGGED_MODEL_READY")

      let name = JSON.string("churn")
      #expect(
        try await served.post("registered-models/create", .object(["name": name])).status == 200)
      let again = try await served.post("registered-models/create", .object(["name": name]))
      #expect(again.code == "RESOURCE_ALREADY_EXISTS")
      #expect(again.message == "Registered Model (name=churn) already exists.")
      let version = try await served.post(
        "model-versions/create",
        .object(["name": name, "source": .string("models:/" + id), "model_id": .string(id)])
      ).json["model_version"]
      let number = try #require(version?["version"]?.string)
      #expect(version?["run_id"]?.string == run)
      let alias = JSON.object([
        "name": name, "alias": .string("champion"), "version": .string(number),
      ])
      #expect(try await served.post("registered-models/alias", alias).status == 200)

      let found = try await served.get("registered-models/alias?name=churn&alias=champion").json[
        "model_version"]
      #expect(found?["version"]?.string == number)
      #expect(found?["aliases"] == .array([.string("champion")]))
      let uri = try await served.get("model-versions/get-download-uri?name=churn&version=\(number)")
        .json
      #expect(uri["artifact_uri"]?.string == "mlflow-artifacts:/0/models/\(id)/artifacts")
      let tags = try await served.get("logged-models/" + id).json["model"]?["info"]?["tags"]?.pairs
      #expect(tags?["mlflow.modelVersions"] == "[{\"name\": \"churn\", \"version\": \(number)}]")
    }
  }

  @Test("models are searched as clients search them, prompts only when asked for")
  func searched() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let isPrompt = JSON.object([
        "key": .string("mlflow.prompt.is_prompt"), "value": .string("true"),
      ])
      for (name, tags) in [("churn", []), ("greeting", [isPrompt])] {
        let body = JSON.object(["name": .string(name), "tags": .array(tags)])
        #expect(try await served.post("registered-models/create", body).status == 200)
      }
      func names(_ filter: String) async throws -> [String?]? {
        let query = PercentCoding.encode(filter)
        return try await served.get("registered-models/search?filter=" + query)
          .json["registered_models"]?.items?.map { $0["name"]?.string }
      }
      #expect(try await names("") == ["churn"])
      #expect(try await names("tag.`mlflow.prompt.is_prompt` != 'true'") == ["churn"])
      let named = "name = 'churn' AND tag.`mlflow.prompt.is_prompt` != 'true'"
      #expect(try await names(named) == ["churn"])
      #expect(try await names("tag.`mlflow.prompt.is_prompt` = 'true'") == ["greeting"])
    }
  }

  @Test("what is not there is refused with MLflow's words")
  func missing() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      _ = try await served.post("registered-models/create", .object(["name": .string("m")]))
      for (path, message) in [
        ("registered-models/get?name=none", "Registered Model with name=none not found"),
        ("model-versions/get?name=m&version=9", "Model Version (name=m, version=9) not found"),
        ("model-versions/get?name=m&version=x", "Parameter 'version' must be an integer, got 'x'."),
        ("registered-models/alias?name=m&alias=a", "Registered model alias a not found."),
        ("registered-models/alias?name=m&alias=latest", "Latest version not found for model m."),
        ("logged-models/m-none", "Logged model with ID 'm-none' not found."),
        ("experiments/get?experiment_id=9", "No Experiment with id=9 exists"),
        (
          "experiments/get?experiment_id=x",
          "Invalid experiment ID 'x'. Experiment ID must be a valid integer."
        ),
        ("runs/get?run_id=x", "Run with id=x not found"),
      ] {
        #expect(try await served.get(path).message == message)
      }
    }
  }
}
