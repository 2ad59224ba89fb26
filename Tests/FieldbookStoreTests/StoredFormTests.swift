import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@testable import FieldbookStore

/// How things lie in the tables must not show in what they say.
@Suite("Stored forms") struct StoredFormTests {
  private let folder: TemporaryFolder
  private let team: [Workspace]

  init() throws {
    folder = try TemporaryFolder()
    team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: ManualClock())
  }

  private func values(_ workspace: Workspace, _ run: RunID, _ field: FieldName) throws -> [String?]
  {
    try workspace.store.inspect { try $0.standingTexts(run.key, field) }.sorted {
      ($0 ?? "") < ($1 ?? "")
    }
  }

  private func heldFields(_ workspace: Workspace, _ run: RunID) throws -> Set<FieldName> {
    try workspace.store.inspect { transaction in
      try transaction.existingEntity(run.key).map { Set(try transaction.heldFields($0.id)) } ?? []
    }
  }

  private func check() throws {
    try TestMachine.quiesce(team)
    let hashes = try team.map { try $0.stateHash() }
    #expect(hashes[0] == hashes[1])
    for one in team {
      let (before, after) = try one.rebuild()
      #expect(before == after && before == hashes[0])
      #expect(try one.store.inspect { try $0.checkInvariants() } == nil)
    }
  }

  @Test("what a run's row holds is a register once it is written again, and conflicts like one")
  func held() throws {
    let parent = try team[0].createRun(
      RunDraft(experiment: Experiment.defaultID), durability: .script)
    var draft = RunDraft(experiment: Experiment.defaultID, name: "first")
    draft.parent = parent
    let run = try team[0].createRun(draft, durability: .script)
    let other = try team[0].createExperiment(named: "other", durability: .script)
    let all = Set(HeldField.allCases.map(\.field))
    #expect(try heldFields(team[0], run) == all)
    try check()
    #expect(try heldFields(team[1], run) == all)
    #expect(try values(team[1], run, .name) == ["first"])
    #expect(try values(team[1], run, .parent) == [parent.hex])
    let news: [(FieldName, FieldValue, FieldValue)] = [
      (.name, .text("a"), .text("b")), (.user, .text("x"), .text("y")),
      (.startTime, .integer(1), .integer(2)),
      (.status, .text("FINISHED 5"), .text("FAILED 6")),
      (.experiment, .reference(other.key), .reference(Experiment.defaultID.key)),
      (.parent, .reference(run.key), .null),
    ]
    for (index, new) in news.enumerated() {
      for (one, value) in zip(team, [new.1, new.2]) {
        try one.store.write(.script) { _ = try $0.set(run.key, [(new.0, value)]) }
        #expect(try values(one, run, new.0) == [value.display])
      }
      try check()
      for one in team {
        #expect(
          try values(one, run, new.0)
            == [new.1.display, new.2.display].sorted { ($0 ?? "") < ($1 ?? "") })
        #expect(try heldFields(one, run).count == all.count - index - 1)
      }
    }
    #expect(try team[0].run(run).experimentName == team[1].run(run).experimentName)
  }

  @Test("a value that a row would change stays a register")
  func exact() throws {
    // Swift holds the Kelvin sign and K for equal.
    let status = "\u{212A}ILLED"
    let key = EntityKey.random()
    try team[0].store.write(.script) { transaction in
      _ = try transaction.create(
        .createRun, key,
        [
          (.experiment, .reference(Experiment.defaultID.key)), (.status, .text(status)),
          (.name, .text("n")), (.user, .null),
        ])
    }
    #expect(try heldFields(team[0], RunID(key)) == [.experiment, .name])
    try check()
    let found = try values(team[1], RunID(key), .status)
    #expect(found.first??.utf8.elementsEqual(status.utf8) == true)
    #expect(FieldName("tags.\u{212A}") != FieldName("tags.K"))
    #expect(FieldName("\u{212A}ey").word == nil && FieldName("key").word == .key)
  }

  @Test("all segments that touch a thing are found, few or many, before and after a rebuild")
  func touched() throws {
    let run = try team[0].createRun(
      RunDraft(experiment: Experiment.defaultID), durability: .script)
    let key = try EntryKey("t")
    for round in 0..<150 {
      try team[round % 2].setTag(run.key, key, "\(round)", durability: .script)
      try TestMachine.exchange(team[0], team[1])
    }
    for _ in 0..<2 {
      for one in team {
        let history = try one.history(run.key, field: .tag(key))
        #expect(history.map(\.after) == (0..<150).map { "\($0)" })
        let spilled = try one.store.inspect { try $0.sql.first("SELECT count(*) FROM touched") }
        #expect(spilled?[0].integer ?? 0 > 1)
      }
      try check()
    }
  }

  @Test("a run is found by its id, its beginning and its name")
  func found() throws {
    var runs: [RunID] = []
    for index in 0..<20 {
      runs.append(
        try team[0].createRun(
          RunDraft(experiment: Experiment.defaultID, name: "run \(index)"), durability: .script))
    }
    func found(_ text: String) throws -> [RunID] {
      try team[0].store.inspect { try $0.runs(matching: text) }
    }
    for (index, run) in runs.enumerated() {
      #expect(try found(run.hex) == [run])
      #expect(try found(run.hex.uppercased()) == [run])
      #expect(try found("run \(index)") == [run])
      for length in [9, 16, 31] { #expect(try found(String(run.hex.prefix(length))) == [run]) }
    }
    #expect(try found("zzzz").isEmpty && found("abc").isEmpty)
    #expect(try found(Experiment.defaultID.hex).isEmpty)
  }
}
