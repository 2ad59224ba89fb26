import FieldbookModel
import FieldbookWorkspace
import Testing

@testable import FieldbookMLflow

/// What asking MLflow's own server the same has shown (`make differential` asks again).
@Suite("Answers like those of MLflow's server") struct LikenessTests {
  private func pair(_ key: String, _ value: String) -> JSON {
    .object(["key": .string(key), "value": .string(value)])
  }

  @Test("an error says its class and whose fault it is") func errors() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let missing = try await served.get("runs/get?run_id=" + String(repeating: "0", count: 32))
      #expect(missing.status == 404 && missing.code == "RESOURCE_DOES_NOT_EXIST")
      #expect(missing.json["error_class"]?.string == "RESOURCE_NOT_FOUND")
      #expect(missing.json["sqlstate"]?.string == "KAM00")
      let wrong = try await served.post("experiments/create", .object(["name": .string("")]))
      #expect(wrong.json["error_class"]?.string == "INVALID_PARAMETER_VALUE")
    }
  }

  @Test("a run has the tags that it was given, an experiment is of one workspace")
  func plain() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let made = try await served.makeRun(["user_id": .string("ana"), "run_name": .string("r")])
      #expect(made["data"]?["tags"]?.pairs == ["mlflow.runName": "r"])
      #expect(made["info"]?["user_id"]?.string == "ana" && made["outputs"] == nil)
      let id = try #require(made["info"]?["run_id"]?.string)
      #expect(try await served.run(id)["outputs"] != nil)
      let experiment = try await served.get("experiments/get?experiment_id=0").json["experiment"]
      #expect(experiment?["workspace"]?.string == "default")
    }
  }

  @Test("tags of models are kept whole where those of runs are cut") func longTags() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let long = String(repeating: "x", count: 9000)
      let model = JSON.object([
        "experiment_id": .string("0"), "name": .string("net"), "tags": .array([pair("t", long)]),
      ])
      let info = try await served.post("logged-models", model).json["model"]?["info"]
      #expect(info?["tags"]?.pairs["t"] == long && info?["model_type"]?.string == "")
      let id = try #require(info?["model_id"]?.string)
      for _ in 0..<2 {
        #expect(try await served.send("DELETE", "logged-models/" + id).status == 200)
      }
      let name = JSON.string("m")
      #expect(
        try await served.post("registered-models/create", .object(["name": name])).status == 200)
      for (length, status) in [(100_000, 200), (100_001, 400)] {
        let tag = JSON.object([
          "name": name, "key": .string("k"),
          "value": .string(String(repeating: "w", count: length)),
        ])
        #expect(try await served.post("registered-models/set-tag", tag).status == status)
      }
    }
  }

  @Test("a sampled history has about so many steps, the first and the last among them")
  func sampled() {
    let steps = (0..<40).map { Int64($0) }
    #expect(MetricEndpoints.sampled(steps, 5) == [0, 8, 16, 24, 39])
    #expect(MetricEndpoints.sampled(Array(steps[5...20]), 4) == [5, 9, 13, 20])
    #expect(MetricEndpoints.sampled(steps, 40).count == 40)
    #expect(MetricEndpoints.sampled(steps, 1) == [39] && MetricEndpoints.sampled([], 3).isEmpty)
  }

  @Test("a dataset keeps the tags that it was used with, the first that were said")
  func datasetTags() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let run = try await served.makeRunID()
      for (context, own) in [("train", "kept"), ("test", "late")] {
        let input = JSON.object([
          "dataset": .object([
            "name": .string("d"), "digest": .string("x"), "source_type": .string("t"),
            "source": .string("s"),
          ]),
          "tags": .array([pair("mlflow.data.context", context), pair("own", own)]),
        ])
        let body = JSON.object(["run_id": .string(run), "datasets": .array([input, input])])
        #expect(try await served.post("runs/log-inputs", body).status == 200)
      }
      let inputs = try await served.run(run)["inputs"]?["dataset_inputs"]?.items
      #expect(inputs?.count == 1)
      #expect(inputs?.first?["tags"]?.pairs == ["mlflow.data.context": "train", "own": "kept"])
    }
  }

  @Test("what is said twice in one call is kept once, not lost") func twice() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let run = try #require(RunID(hex: try await served.makeRunID()))
      let datasets = ["1", "2", "1"].map { digest in
        Dataset(
          name: "d", digest: digest, sourceType: "t", source: "s", schema: nil, profile: nil,
          context: nil)
      }
      try served.workspace.addDatasets(run, datasets, durability: .script)
      #expect(try served.workspace.run(run).datasets.count == 2)
    }
  }
}
