import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Logging
import Testing

@testable import FieldbookMLflow

/// What replicas that meet answer MLflow's clients: the same everywhere, and never a guess.
@Suite("Answers of a team") struct TeamAnswerTests {
  private let team: Team

  init() throws { team = try Team() }

  /// The endpoint's answer on a replica, without a socket.
  private func ask(
    _ member: Workspace, _ method: String, _ path: String, _ fields: KeyValuePairs<String, String>
  ) throws -> JSON {
    let tracker = Tracker(
      workspace: member, adoption: Adoption(adopting: nil),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let endpoint = try #require(
      EndpointTable.endpoints.first { $0.method.rawValue == method && $0.path == path })
    do {
      let reply = try endpoint.reply(
        tracker, Call(fields: Fields(query: fields.map { ($0.key, $0.value) }), path: [:]))
      guard case .document(let document) = reply else {
        throw TestFailure("\(path) has no document")
      }
      return document
    } catch {
      throw MLflowError(error, logger: tracker.logger)
    }
  }

  private func champion(_ member: Workspace) throws -> String? {
    try ask(
      member, "GET", "registered-models/alias", ["name": "churn", "alias": "champion"])[
        "model_version"]?["version"]?.string
  }

  private func point(_ member: Workspace, at version: String) throws {
    _ = try ask(
      member, "POST", "registered-models/alias",
      ["name": "churn", "alias": "champion", "version": version])
  }

  private func registered() throws {
    _ = try ask(team.hub, "POST", "registered-models/create", ["name": "churn"])
    for _ in 0..<3 {
      _ = try ask(
        team.hub, "POST", "model-versions/create", ["name": "churn", "source": "s3://bucket/m"])
    }
    try TestMachine.quiesce(team.members)
  }

  @Test("a held alias answers with the version before, until somebody decides")
  func held() throws {
    try registered()
    try point(team.hub, at: "1")
    try TestMachine.quiesce(team.members)
    try point(team.ana, at: "2")
    try point(team.bo, at: "3")
    try TestMachine.quiesce(team.members)
    for member in team.members {
      #expect(try champion(member) == "1")
      let model = try ask(member, "GET", "registered-models/get", ["name": "churn"])
      #expect(
        model["registered_model"]?["aliases"]?.items?.map { $0["version"]?.string } == ["1"])
    }
    try point(team.ana, at: "3")
    try TestMachine.quiesce(team.members)
    for member in team.members { #expect(try champion(member) == "3") }
  }

  @Test("an alias that was in conflict from the beginning answers that it is, not with either")
  func neverSettled() throws {
    try registered()
    try point(team.ana, at: "2")
    try point(team.bo, at: "3")
    try TestMachine.quiesce(team.members)
    for member in team.members {
      let error = #expect(throws: MLflowError.self) { try champion(member) }
      #expect(error?.code == .invalidParameterValue)
      #expect(error?.message.contains("fieldbook conflicts") == true)
    }
  }

  @Test("a param that two wrote apart is shown alike, and stays written once")
  func parameter() throws {
    let run = try team.sharedRun()
    for (member, value) in [(team.ana, "0.1"), (team.bo, "0.2")] {
      _ = try ask(
        member, "POST", "runs/log-parameter",
        ["run_id": run.hex, "key": "lr", "value": value])
    }
    try TestMachine.quiesce(team.members)
    let shown = try team.members.map { member in
      try ask(member, "GET", "runs/get", ["run_id": run.hex])["run"]?["data"]?["params"]?
        .pairs["lr"]
    }
    #expect(Set(shown).count == 1 && ["0.1", "0.2"].contains(shown[0]))
    for member in team.members {
      #expect(try member.conflicts().isEmpty == false)
      #expect(throws: MLflowError.self) {
        try ask(
          member, "POST", "runs/log-parameter",
          ["run_id": run.hex, "key": "lr", "value": "0.3"])
      }
    }
  }

  @Test("a number given offline answers for ever, and so does the final one")
  func numbers() throws {
    try registered()
    let made = try ask(
      team.ana, "POST", "model-versions/create",
      ["name": "churn", "source": "s3://bucket/offline"])["model_version"]
    let provisional = try #require(made?["version"]?.string)
    #expect(ModelVersion.provisionalRange.contains(Int64(provisional) ?? 0))
    try TestMachine.quiesce(team.members)
    for member in team.members {
      for reference in [provisional, "4"] {
        let found = try ask(
          member, "GET", "model-versions/get",
          ["name": "churn", "version": reference])["model_version"]
        #expect(found?["source"]?.string == "s3://bucket/offline")
        #expect(found?["version"]?.string == "4")
      }
    }
  }
}
