import FieldbookModel
import FieldbookWorkspace
import Testing

@testable import FieldbookMLflow

@Suite("Recording over the API")
struct RecordingTests {
  @Test("metrics arrive exactly, not-a-number and infinities too")
  func metrics() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      let points: [(JSON, Int64)] = [
        (.number(0.1), 0), (.string("NaN"), 1), (.string("Infinity"), -5), (.integer(3), 1 << 62),
      ]
      for (value, step) in points {
        let answer = try await served.post(
          "runs/log-metric",
          .object([
            "run_id": .string(id), "key": .string("m"), "value": value, "timestamp": .integer(7),
            "step": .integer(step),
          ]))
        #expect(answer.status == 200, "\(answer.text)")
      }
      let history = try await served.get("metrics/get-history?run_id=\(id)&metric_key=m").json
      let values = history["metrics"]?.items?.map { [$0["step"], $0["value"]] }
      #expect(
        values == [
          [.integer(-5), .string("Infinity")], [.integer(0), .number(0.1)],
          [.integer(1), .string("NaN")], [.integer(1 << 62), .number(3)],
        ])
      let latest = try await served.run(id)["data"]?["metrics"]?.items?.first
      #expect(latest?["value"] == .number(3))
    }
  }

  @Test("a history comes in pages")
  func pages() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      let metrics = (0..<10).map { step -> JSON in
        .object([
          "key": .string("m"), "value": .integer(step), "timestamp": .integer(step),
          "step": .integer(step),
        ])
      }
      let body = JSON.object(["run_id": .string(id), "metrics": .array(metrics)])
      for _ in 0..<2 {
        // A retry of the same batch adds nothing.
        #expect(try await served.post("runs/log-batch", body).status == 200)
      }
      var token: String? = ""
      var counts: [Int] = []
      while let at = token {
        let page = try await served.get(
          "metrics/get-history?run_id=\(id)&metric_key=m&max_results=4&page_token=\(at)"
        ).json
        counts.append(page["metrics"]?.items?.count ?? 0)
        token = page["next_page_token"]?.string
      }
      #expect(counts == [4, 4, 2])
      let bogus = try await served.get("metrics/get-history?run_id=\(id)&metric_key=m&page_token=x")
      #expect(bogus.code == "INVALID_PARAMETER_VALUE")
    }
  }

  @Test("a param is written once, and the refusal says what stands")
  func params() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      func log(_ value: String) async throws -> ServedWorkspace.Answer {
        try await served.post(
          "runs/log-parameter",
          .object(["run_id": .string(id), "key": .string("lr"), "value": .string(value)]))
      }
      #expect(try await log("1").status == 200)
      #expect(try await log("1").status == 200)
      let refused = try await log("2")
      #expect(refused.status == 400)
      #expect(
        refused.message
          == "Changing param values is not allowed. Param with key='lr' was already logged with value='1'"
          + " for run ID='\(id)'. Attempted logging new value '2'.")
    }
  }

  @Test("a batch with one bad entry records nothing of it")
  func allOrNothing() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      func entry(_ key: String, _ value: String) -> JSON {
        .object(["key": .string(key), "value": .string(value)])
      }
      let bodies: [JSON] = [
        .object(["run_id": .string(id), "params": .array([entry("a", "1"), entry("b\\", "2")])]),
        .object(["run_id": .string(id), "params": .array([entry("a", "1"), entry("a", "1")])]),
        .object([
          "run_id": .string(id), "params": .array([entry("a", "1")]),
          "metrics": .array([
            .object(["key": .string("m"), "value": .string("x"), "timestamp": .integer(1)])
          ]),
        ]),
        .object([
          "run_id": .string(id),
          "params": .array((0..<101).map { entry("k\($0)", "") }),
        ]),
      ]
      for body in bodies {
        let answer = try await served.post("runs/log-batch", body)
        #expect(answer.status == 400)
        #expect(answer.code == "INVALID_PARAMETER_VALUE")
      }
      #expect(try await served.run(id)["data"]?["params"] == nil)
      let named = try await served.post("runs/log-batch", bodies[2])
      #expect(
        named.message.hasPrefix("Invalid value \"x\" for parameter 'metrics[0].value' supplied"))
    }
  }

  @Test("name and description are tags to a client and fields here")
  func mappedTags() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      for (key, value) in ["mlflow.runName": "renamed", "mlflow.note.content": "why", "plain": "x"]
      {
        let body = JSON.object([
          "run_id": .string(id), "key": .string(key), "value": .string(value),
        ])
        #expect(try await served.post("runs/set-tag", body).status == 200)
      }
      let run = try served.workspace.run(#require(RunID(hex: id)))
      #expect(run.name == "renamed")
      #expect(run.description == "why")
      #expect(run.tags["plain"] == "x")
      #expect(run.tags["mlflow.runName"] == nil)
      let tags = try await served.run(id)["data"]?["tags"]?.pairs
      #expect(tags?["mlflow.runName"] == "renamed")
      #expect(tags?["mlflow.note.content"] == "why")
    }
  }

  @Test("a run ends, goes on and ends again")
  func states() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      func update(_ members: KeyValuePairs<String, JSON?>) async throws -> JSON? {
        guard case .object(let fields) = JSON.object(members) else { return nil }
        let body = JSON.object(fields + [JSON.Member(name: "run_id", value: .string(id))])
        return try await served.post("runs/update", body).json["run_info"]
      }
      let ended = try await update(["status": .string("FINISHED"), "end_time": .integer(77)])
      #expect(ended?["status"]?.string == "FINISHED")
      #expect(ended?["end_time"] == .integer(77))
      let again = try await update(["status": .string("RUNNING")])
      #expect(again?["status"]?.string == "RUNNING")
      #expect(again?["end_time"] == nil)
      #expect(try await update(["status": .integer(4)])?["status"]?.string == "FAILED")
    }
  }

  @Test("deleted runs take nothing")
  func deleted() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      _ = try await served.post("runs/delete", .object(["run_id": .string(id)]))
      let refused = try await served.post(
        "runs/log-parameter", .object(["run_id": .string(id), "key": .string("a")]))
      #expect(
        refused.message == "The run \(id) must be in the 'active' state. Current state is deleted.")
    }
  }

  @Test("datasets are noted with their context")
  func datasets() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      let input = JSON.object([
        "dataset": .object([
          "name": .string("iris"), "digest": .string("abc"), "source_type": .string("local"),
          "source": .string("{}"),
        ]),
        "tags": .array([
          .object(["key": .string("mlflow.data.context"), "value": .string("train")])
        ]),
      ])
      let body = JSON.object(["run_id": .string(id), "datasets": .array([input])])
      #expect(try await served.post("runs/log-inputs", body).status == 200)
      let inputs = try await served.run(id)["inputs"]?["dataset_inputs"]?.items
      #expect(inputs == [input])
    }
  }

  @Test("what many runs used is found once, also of older and deleted ones")
  func usedDatasets() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      for (digest, isDeleted) in [("a", false), ("a", false), ("b", true)] {
        let id = try await served.makeRunID()
        let dataset = JSON.object([
          "name": .string("iris"), "digest": .string(digest), "source_type": .string("local"),
          "source": .string("{}"),
        ])
        let body = JSON.object([
          "run_id": .string(id), "datasets": .array([.object(["dataset": dataset])]),
        ])
        #expect(try await served.post("runs/log-inputs", body).status == 200)
        guard isDeleted else { continue }
        #expect(
          try await served.post("runs/delete", .object(["run_id": .string(id)])).status == 200)
      }
      for _ in 0..<1000 {
        _ = try served.workspace.createRun(
          RunDraft(experiment: Experiment.defaultID), durability: .script)
      }
      let answer = try await served.post(
        "experiments/search-datasets",
        .object(["experiment_ids": .array([.string("0"), .string("0")])]))
      let found = answer.json["dataset_summaries"]?.items ?? []
      #expect(found.map { $0["digest"]?.string } == ["a", "b"])
    }
  }
}
