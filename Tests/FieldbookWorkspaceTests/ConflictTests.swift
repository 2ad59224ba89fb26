import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@Suite("Conflicts")
struct ConflictTests: TeamSuite {
  let team: Team
  let run: RunID

  init() throws {
    team = try Team()
    let experiment = try team.ana.createExperiment(named: "churn", durability: .person)
    run = try team.ana.createRun(
      RunDraft(experiment: experiment, name: "first"), durability: .person)
    try team.ana.setDescription(run.key, "as it was", durability: .person)
    try TestMachine.quiesce(team.members)
  }

  private func disagree() throws -> Conflict {
    try ana.setDescription(run.key, "ana's words", durability: .person)
    try bo.setDescription(run.key, "bo's words", durability: .person)
    try TestMachine.quiesce(members)
    return try #require(try ana.conflicts().first)
  }

  @Test("concurrent descriptions are one conflict, the same on every replica")
  func oneConflict() throws {
    let conflict = try disagree()
    #expect(try bo.conflicts().map(\.id) == [conflict.id])
    #expect(conflict.base == "as it was")
    #expect(Set(conflict.sides.map(\.value)) == ["ana's words", "bo's words"])
    #expect(conflict.kind == .value && !conflict.isBlocking)
    #expect(try TestMachine.discord(members) == [])
  }

  @Test("what came while somebody wrote is not overwritten by what they write: both stand")
  func cameMeanwhile() throws {
    let key = try EntryKey("stage")
    for word in ["bo's first", "bo's words"] {
      try bo.setDescription(run.key, word, durability: .person)
    }
    try bo.setTag(run.key, key, "bo's", durability: .person)
    try bo.rename(run.key, to: "bo's name", durability: .person)
    try TestMachine.quiesce(members)
    try ana.setDescription(
      run.key, "ana's words", knowing: .text("as it was"), durability: .person)
    try ana.setTag(run.key, key, "ana's", knowing: .text(nil), durability: .person)
    try ana.rename(run.key, to: "ana's name", knowing: .text("first"), durability: .person)
    let conflicts = try ana.conflicts()
    #expect(
      Set(conflicts.map { Set($0.sides.map(\.value)) }) == [
        ["ana's words", "bo's words"], ["ana's", "bo's"], ["ana's name", "bo's name"],
      ])
    #expect(
      try #require(conflicts.first { $0.field == .description }).base == "as it was")
    try TestMachine.quiesce(members)
    #expect(try TestMachine.discord(members) == [])
    #expect(try bo.conflicts().count == 3)
  }

  @Test("a base that lies several edits back on each side is shown, merged by, and taken")
  func baseFarBack() throws {
    let lines = ["one", "two", "three", "four", "five"]
    func say(_ who: Workspace, _ changes: [Int: String]) throws {
      let text = lines.enumerated().map { changes[$0.offset] ?? $0.element }
      try who.setDescription(
        run.key, text.joined(separator: "\n") + "\n", durability: .person)
    }
    try say(ana, [:])
    try TestMachine.quiesce(members)
    for word in ["ONE", "One", "uno"] { try say(ana, [0: word]) }
    for word in ["FIVE", "cinque"] { try say(bo, [4: word]) }
    try TestMachine.quiesce(members)
    let base = lines.joined(separator: "\n") + "\n"
    let conflicts = try members.map { try #require(try $0.conflicts().first) }
    #expect(Set(conflicts.map(\.base)) == [base])
    guard case .merged(let merged) = ana.baseTextMerge(conflicts[0]) else {
      Issue.record("edits of other lines do not merge")
      return
    }
    #expect(merged == "uno\ntwo\nthree\nfour\ncinque\n")
    _ = try ana.resolve(conflicts[0], .base)
    #expect(try ana.run(run).description == base && ana.conflicts().isEmpty)
  }

  @Test("who saw what stands overwrites it, whatever else they were asked to say")
  func nothingCame() throws {
    try ana.setDescription(
      run.key, "ana's words", knowing: .text("as it was"), durability: .person)
    #expect(try ana.conflicts().isEmpty && ana.run(run).description == "ana's words")
    try ana.setDescription(run.key, nil, knowing: .text("ana's words"), durability: .person)
    try ana.setDescription(run.key, "again", knowing: .text(nil), durability: .person)
    #expect(try ana.conflicts().isEmpty && ana.run(run).description == "again")
  }

  @Test("what two laptops make alike, each on its own, is one thing, and no conflict")
  func madeAlike() throws {
    let start = team.clock.now
    for one in [ana, bo] {
      team.clock.advance(milliseconds: 5000)
      _ = try one.ensureExperiment(named: "offline", durability: .script)
      _ = try one.newModel("offline")
    }
    try TestMachine.quiesce(members)
    #expect(try members.map { try $0.conflicts().count } == [0, 0, 0])
    #expect(try TestMachine.discord(members) == [])
    let made = try members.map { one in
      let id = try one.ensureExperiment(named: "offline", durability: .script)
      return try one.experiment(id).createdTime.milliseconds
    }
    #expect(made == [Int64](repeating: start + 5000, count: 3))
  }

  @Test("a side taken on one replica settles it on all")
  func resolve() throws {
    let conflict = try disagree()
    let answer = try bo.resolve(conflict, .take("bo"))
    #expect(answer.taken != nil)
    try TestMachine.quiesce(members)
    #expect(try ana.conflicts().isEmpty)
    #expect(try ana.run(run).description == "bo's words")
  }

  @Test("two equal decisions collapse, a side not seen re-opens")
  func reopen() throws {
    let conflict = try disagree()
    _ = try ana.resolve(conflict, .value("together"))
    _ = try bo.resolve(conflict, .value("together"))
    try TestMachine.quiesce(members)
    #expect(try ana.conflicts().isEmpty)
    try hub.setDescription(run.key, "hub's words", durability: .person)
    try ana.setDescription(run.key, "ana again", durability: .person)
    try TestMachine.quiesce(members)
    #expect(try bo.conflicts().count == 1)
  }

  @Test("base puts back what both replaced")
  func base() throws {
    _ = try ana.resolve(disagree(), .base)
    #expect(try ana.run(run).description == "as it was")
  }

  @Test("a side that does not exist is refused with the sides listed")
  func noSide() throws {
    let conflict = try disagree()
    #expect(throws: WorkspaceFailure.self) { try ana.resolve(conflict, .take("z")) }
    #expect(try ana.conflicts().count == 1)
  }

  @Test("texts changed in different lines merge")
  func textMerge() throws {
    try ana.setDescription(run.key, "one\ntwo\nthree\n", durability: .person)
    try TestMachine.quiesce(members)
    try ana.setDescription(run.key, "ONE\ntwo\nthree\n", durability: .person)
    try bo.setDescription(run.key, "one\ntwo\nTHREE\n", durability: .person)
    try TestMachine.quiesce(members)
    let conflict = try #require(try ana.conflicts().first)
    #expect(ana.baseTextMerge(conflict) == .merged("ONE\ntwo\nTHREE\n"))
  }

  @Test("an alias in conflict answers what the hub settled before")
  func heldAlias() throws {
    let model = try ana.newModel()
    func version(_ who: Workspace) throws -> VersionID {
      try who.newVersion(of: model, source: who.name).id
    }
    let first = try version(ana)
    try ana.setAlias(model, "champion", first, durability: .person)
    try TestMachine.quiesce(members)
    let anas = try version(ana)
    let bos = try version(bo)
    try ana.setAlias(model, "champion", anas, durability: .person)
    try bo.setAlias(model, "champion", bos, durability: .person)
    try TestMachine.give(ana, to: bo)
    try TestMachine.give(bo, to: ana)
    try TestMachine.quiesce(members)
    let held = try #require(try hub.model(model).aliases["champion"])
    #expect(held.isHeld && held.conflict != nil)
    #expect(held.version == first, "neither rolls production back nor moves it")
    #expect(try hub.conflicts(blockingOnly: true).map(\.kind) == [.alias])
    try bo.setAlias(model, "champion", anas, durability: .person)
    try TestMachine.quiesce(members)
    #expect(
      try ana.model(model).aliases["champion"]
        == AliasState(version: anas, isHeld: false, conflict: nil))
  }

  @Test(
    "versions made offline get final numbers from the allocator, and keep their provisional names")
  func numbers() throws {
    let model = try ana.newModel()
    let version = try ana.newVersion(of: model, source: "x")
    #expect(version.finalNumber == nil)
    #expect(ModelVersion.provisionalRange.contains(version.provisionalNumber))
    try TestMachine.quiesce(members)
    let final = try ana.version(version.id)
    #expect(final.label == "1")
    #expect(try ana.version(of: model, reference: version.label).id == version.id)
    #expect(
      try ana.version(of: model, reference: String(version.provisionalNumber)).id == version.id)
  }

  @Test("an edit that a deletion had not seen keeps the run visible")
  func deleteEdit() throws {
    try ana.delete(run.key, durability: .person)
    try bo.setTag(run.key, EntryKey("looked"), "yes", durability: .person)
    try TestMachine.quiesce(members)
    let conflict = try #require(try ana.conflicts().first)
    #expect(conflict.kind == .deleteEdit)
    #expect(try ana.run(run).lifecycle == .active)
    let side = try #require(conflict.sides.first { $0.value == "deleted" })
    _ = try ana.resolve(conflict, .take(side.letter))
    try TestMachine.quiesce(members)
    #expect(try bo.conflicts().isEmpty)
    #expect(try bo.run(run).lifecycle == .deleted)
  }

  @Test("two experiments of one name are both kept, one with a suffix")
  func names() throws {
    let a = try ana.createExperiment(named: "one", durability: .person)
    let b = try bo.createExperiment(named: "two", durability: .person)
    try TestMachine.quiesce(members)
    try ana.rename(a.key, to: "best", durability: .person)
    try bo.rename(b.key, to: "best", durability: .person)
    try TestMachine.quiesce(members)
    let shown = try [a, b].map { try ana.experiment($0).name }
    #expect(shown.filter { $0 == "best" }.count == 1)
    #expect(shown.filter { $0.hasPrefix("best~") }.count == 1)
    let conflict = try #require(try ana.conflicts().first { $0.kind == .name })
    _ = try ana.resolve(conflict, .value("second best"))
    #expect(try ana.conflicts().isEmpty)
  }

  @Test("the same experiment made on two laptops is one experiment")
  func sameName() throws {
    let a = try ana.createExperiment(named: "together", durability: .person)
    let b = try bo.createExperiment(named: "together", durability: .person)
    #expect(a == b)
    try TestMachine.quiesce(members)
    #expect(try ana.conflicts().isEmpty)
  }

  @Test("undo is a new change that puts back what was there")
  func undo() throws {
    try ana.setTag(run.key, EntryKey("k"), "old", durability: .person)
    try ana.setTag(run.key, EntryKey("k"), "new", durability: .person)
    let op = try #require(try ana.history(run.key, field: .tag(EntryKey("k"))).last?.op)
    _ = try ana.undo(op)
    #expect(try ana.run(run).tags["k"] == "old")
    #expect(try ana.history(run.key, field: .tag(EntryKey("k"))).count == 3)
    #expect(throws: InvalidInput.self, "it is taken back already") { try ana.undo(op) }
  }

  @Test("undo of a decision opens the conflict again, with all its sides")
  func undoDecision() throws {
    let conflict = try disagree()
    let decision = try bo.resolve(conflict, .value("together"))
    let entry = try #require(try bo.history(run.key, field: .description).last)
    #expect(entry.op == decision.op && entry.before?.contains(" | ") == true, "\(entry)")
    _ = try bo.undo(decision.op)
    try TestMachine.quiesce(members)
    let again = try #require(try ana.conflicts().first)
    #expect(Set(again.sides.map(\.value)) == ["ana's words", "bo's words"])
    #expect(try TestMachine.discord(members) == [])
  }

  @Test("a conflict that is open again is the one that was decided: base, sides, who and when")
  func undoneDecision() throws {
    let before = try disagree()
    #expect(before.base != nil)
    for turn in 0..<3 {
      let open = try #require(try bo.conflicts().first)
      let decision = try bo.resolve(open, turn == 1 ? .take("a") : .value("together \(turn)"))
      try TestMachine.quiesce(members)
      #expect(try ana.conflicts().isEmpty)
      _ = try bo.undo(decision.op)
      try TestMachine.quiesce(members)
      for member in members {
        let again = try #require(try member.conflicts().first)
        #expect(again.id == before.id && again.base == before.base)
        #expect(again.sides.map(\.value) == before.sides.map(\.value))
        #expect(again.sides.map(\.device) == before.sides.map(\.device))
        #expect(again.sides.map(\.time) == before.sides.map(\.time))
        #expect(again.sides.map(\.op) == before.sides.map(\.op))
      }
    }
    // Decided for good, by the base: nothing of the turns is left over.
    _ = try ana.resolve(before, .base)
    try TestMachine.quiesce(members)
    #expect(try bo.conflicts().isEmpty && bo.run(run).description == before.base)
    #expect(try TestMachine.discord(members) == [])
  }

  @Test("who says again what stood once is not the one who said it first")
  func saidAgain() throws {
    try ana.setDescription(run.key, "one", durability: .person)
    try TestMachine.quiesce(members)
    try bo.setDescription(run.key, "two", durability: .person)
    try TestMachine.quiesce(members)
    try ana.setDescription(run.key, "one", durability: .person)
    try bo.setDescription(run.key, "three", durability: .person)
    try TestMachine.quiesce(members)
    let conflict = try #require(try ana.conflicts().first)
    #expect(conflict.base == "two")
    #expect(Set(conflict.sides.map(\.value)) == ["one", "three"])
  }

  @Test("a decision is a value of the field's own kind, or refused")
  func ownKind() throws {
    let model = try ana.createLoggedModel(
      experiment: Experiment.defaultID, name: "m", sourceRun: run, modelType: nil, parameters: [],
      tags: [], durability: .person)
    try TestMachine.quiesce(members)
    for (who, step) in [(ana, 3), (bo, 5)] as [(Workspace, Int64)] {
      try who.addModelOutputs(run, [ModelOutput(model: model, step: step)], durability: .person)
      _ = try who.moveRun(
        run, to: who.createExperiment(named: "of \(who.name)\(step)", durability: .person),
        durability: .person)
    }
    try TestMachine.quiesce(members)
    let conflicts = try ana.conflicts()
    let step = try #require(conflicts.first { $0.field == .modelOutput(model) })
    let moved = try #require(conflicts.first { $0.field == .experiment })
    for (conflict, text) in [(step, "soon"), (step, "1.5"), (moved, "elsewhere")] {
      #expect(throws: (any Error).self) { try ana.resolve(conflict, .value(text)) }
    }
    #expect(throws: WorkspaceFailure.self) { try ana.resolve(moved, .value(nil)) }
    #expect(try ana.conflicts().count == conflicts.count)
    _ = try ana.resolve(step, .value("7"))
    #expect(try ana.run(run).modelOutputs == [ModelOutput(model: model, step: 7)])
  }

  @Test("two people who look at one device's forks do not disagree")
  func forks() throws {
    let clone = try team.clone("cy", seed: 9)
    try hub.admit(clone)
    try TestMachine.quiesce(members + [clone])
    try clone.newRun("before")
    try clone.seal()
    let (cy, twin) = try team.twin(of: clone, seed: 10)
    for (who, name) in [(cy, "here"), (twin, "there")] {
      try who.newRun(name)
      try who.seal()
    }
    try TestMachine.give(cy, to: ana)
    try TestMachine.give(twin, to: ana)
    try TestMachine.quiesce([ana, bo, hub])
    for who in [ana, bo] {
      let conflict = try #require(try who.conflicts().first { $0.kind == .clone })
      _ = try who.resolve(conflict, .take("a"))
    }
    try TestMachine.quiesce([ana, bo, hub])
    for who in [ana, bo, hub] { #expect(try who.conflicts().isEmpty) }
    for who in [cy, twin] { try who.close() }
  }
}
