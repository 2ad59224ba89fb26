import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@Suite("Searching for a run's children")
struct ChildrenSearchTests: TeamSuite {
  let team: Team

  init() throws { team = try Team() }

  @Test("those that say it by MLflow's tag and those that were begun as children are found alike")
  func children() throws {
    let (one, other) = (try ana.newRun("one"), try ana.newRun("other"))
    let tag = try EntryKey("mlflow.parentRunId")
    func make(_ name: String, parent: RunID?, tagged: RunID?) throws {
      _ = try ana.createRun(
        RunDraft(
          experiment: Experiment.defaultID, name: name, parent: parent,
          tags: tagged.map { [tag: $0.hex] } ?? [:]), durability: .script)
    }
    try make("own", parent: one, tagged: nil)
    try make("both", parent: one, tagged: one)
    try make("tag", parent: nil, tagged: one)
    try make("moved", parent: one, tagged: other)
    func found(_ filter: String) throws -> [String] {
      try ana.runs(RunQuery(filter: filter, isExtended: true)).items.map(\.name).sorted()
    }
    #expect(try found("tags.mlflow.parentRunId = '\(one.hex)'") == ["both", "own", "tag"])
    #expect(try found("tags.mlflow.parentRunId = '\(other.hex)'") == ["moved"])
    #expect(try found("tags.`mlflow.parentRunId` != '\(one.hex)'") == ["moved"])
    #expect(
      try found("tags.mlflow.parentRunId LIKE '\(one.hex.prefix(20))%'") == ["both", "own", "tag"])
    #expect(try found("tags.mlflow.parentRunId = 'no id' AND status = 'RUNNING'") == [])
    #expect(
      try found("tags.mlflow.parentRunId = '\(one.hex)' AND attributes.run_name = 'own'")
        == ["own"])
    try make("late", parent: other, tagged: nil)
    #expect(try found("tags.mlflow.parentRunId = '\(other.hex)'") == ["late", "moved"])
  }
}
