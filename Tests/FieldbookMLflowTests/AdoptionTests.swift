import FieldbookModel
import FieldbookWorkspace
import Testing

@testable import FieldbookMLflow

@Suite("Adopting the run that was opened for a command")
struct AdoptionTests {
  private static let opened: @Sendable (Workspace) throws -> RunID = { workspace in
    let experiment = try workspace.ensureExperiment(named: "opened", durability: .script)
    return try workspace.createRun(
      RunDraft(experiment: experiment, name: "from the command line"), durability: .script)
  }

  @Test("the first create is answered with the waiting run, which takes over what is asked for")
  func takesOver() async throws {
    try await ServedWorkspace.serve(adopting: Self.opened) { (served) async throws in
      let waiting = try #require(try served.workspace.latestRuns(count: 1).first)
      let experiment = try await served.makeExperiment("asked for")
      let run = try await served.makeRun([
        "experiment_id": .string(experiment), "run_name": .string("by script"),
        "start_time": .integer(5),
        "tags": .array([
          .object(["key": .string("k"), "value": .string("v")]),
          .object(["key": .string("mlflow.note.content"), "value": .string("why")]),
        ]),
      ])
      #expect(run.id == waiting.hex)
      #expect(run["info"]?["run_name"]?.string == "by script")
      #expect(run["info"]?["experiment_id"]?.string == experiment)
      let kept = try served.workspace.run(waiting)
      #expect(kept.tags["k"] == "v")
      #expect(kept.description == "why")
      #expect(kept.parent == nil)
    }
  }

  @Test("a create that asks for nothing leaves the run as it was opened")
  func keeps() async throws {
    try await ServedWorkspace.serve(adopting: Self.opened) { (served) async throws in
      let run = try await served.makeRun(["experiment_id": .string("0")])
      #expect(run["info"]?["run_name"]?.string == "from the command line")
      let opened = try served.workspace.experiment(named: "opened").id.decimal
      #expect(run["info"]?["experiment_id"]?.string == opened)
    }
  }

  @Test("later runs are its children, unless they name a parent")
  func children() async throws {
    try await ServedWorkspace.serve(adopting: Self.opened) { (served) async throws in
      let first = try await served.makeRunID()
      let second = try await served.makeRunID()
      #expect(first != second)
      let tags = try await served.run(second)["data"]?["tags"]?.pairs
      #expect(tags?["mlflow.parentRunId"] == first)
      #expect(try served.workspace.run(#require(RunID(hex: second))).parent?.hex == first)
      let third = try await served.makeRun([
        "experiment_id": .string("0"),
        "tags": .array([.object(["key": .string("mlflow.parentRunId"), "value": .string(second)])]),
      ])
      #expect(third["data"]?["tags"]?.pairs["mlflow.parentRunId"] == second)
    }
  }

  @Test("of many creates at once exactly one gets the run")
  func once() async throws {
    try await ServedWorkspace.serve(adopting: Self.opened) { (served) async throws in
      let waiting = try #require(try served.workspace.latestRuns(count: 1).first)
      let ids = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<16 { group.addTask { try await served.makeRunID() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(ids).count == 16)
      #expect(ids.filter { $0 == waiting.hex }.count == 1)
    }
  }

  @Test("a create that is refused leaves the run to the next")
  func refused() async throws {
    try await ServedWorkspace.serve(adopting: Self.opened) { (served) async throws in
      let waiting = try #require(try served.workspace.latestRuns(count: 1).first)
      let refused = try await served.post(
        "runs/create", .object(["experiment_id": .string("424242")]))
      #expect(refused.code == "RESOURCE_DOES_NOT_EXIST")
      #expect(try await served.makeRunID() == waiting.hex)
    }
  }

  @Test("without a waiting run, runs have no parent")
  func plain() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let run = try await served.makeRun(["experiment_id": .string("0")])
      #expect(run["data"]?["tags"]?.pairs["mlflow.parentRunId"] == nil)
    }
  }
}
