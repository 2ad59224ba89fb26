import FieldbookDocuments
import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@Suite("What deciding a conflict will do") struct ConflictChoiceTests: TeamSuite {
  let team: Team
  let run: RunID

  init() throws {
    team = try Team(["hub", "ana", "bo"])
    run = try team.sharedRun()
  }

  private func disagree(_ change: (Workspace, String) throws -> Void) throws -> Conflict {
    try change(ana, "first")
    try change(bo, "second")
    try TestMachine.quiesce(members)
    return try #require(try ana.conflicts().first)
  }

  @Test("each way says what comes of it, and that comes")
  func tag() throws {
    let key = try EntryKey("stage")
    try ana.setTag(run.key, key, "base", durability: .person)
    try TestMachine.quiesce(members)
    let conflict = try disagree { try $0.setTag(run.key, key, $1, durability: .person) }
    let choices = conflict.choices(ConflictMerge(conflict, in: ana))
    #expect(choices.map(\.key).first == "a" && choices.last?.answer == .base)
    for choice in choices {
      guard case .take(let letter) = choice.answer else { continue }
      let value = try #require(try conflict.side(named: letter).value)
      #expect(
        choice.effect
          == "The tag stage becomes “\(value)”. What the others said stays in the history.")
    }
    #expect(choices.last?.effect.hasPrefix("The tag stage becomes “base”.") == true)
    _ = try ana.resolve(conflict, .take("a"))
    #expect(try choices[0].effect.contains("“\(#require(ana.run(run).tags["stage"]))”"))
  }

  @Test("texts that begin alike are told from where they differ")
  func longTexts() throws {
    let beginning = String(repeating: "the same words for a while, ", count: 5)
    let conflict = try disagree {
      try $0.setDescription(run.key, "Title\n" + beginning + $1 + " end", durability: .person)
    }
    for side in conflict.sides {
      let word = try #require(side.value?.hasSuffix("first end") == true ? "first" : "second")
      let effect = try #require(
        conflict.choices(nil).first { $0.answer == .take(side.letter) }?.effect)
      #expect(effect.contains("“… words for a while, \(word) end”"), "\(effect)")
    }
  }

  @Test("of a deletion and an edit: both say what becomes of the run")
  func deletion() throws {
    let conflict = try disagree { who, text in
      if who === ana {
        try who.delete(run.key, durability: .person)
      } else {
        try who.setDescription(run.key, text, durability: .person)
      }
    }
    #expect(conflict.kind == .deleteEdit && conflict.fieldWords == "deleted here, edited there")
    for side in conflict.sides {
      let effect = try #require(
        conflict.choices(nil).first { $0.answer == .take(side.letter) }?.effect)
      let isDeletion = side.value == "deleted"
      #expect(effect.contains(isDeletion ? "is deleted" : "stays, with all edits"))
    }
    let deleting = try #require(conflict.sides.first { $0.value == "deleted" })
    _ = try ana.resolve(conflict, .take(deleting.letter))
    #expect(try ana.run(run).lifecycle == .deleted)
  }

  @Test("of an alias: what it answers with, and that it is held no longer")
  func alias() throws {
    let model = try ana.createModel(named: "m", description: nil, tags: [:], durability: .person)
    let versions = try (0..<3).map { _ in
      try ana.createVersion(
        of: model, source: "s", run: nil, description: nil, tags: [:], durability: .person)
    }
    try ana.setAlias(model, "live", versions[0].id, durability: .person)
    try TestMachine.quiesce(members)
    let conflict = try disagree {
      try $0.setAlias(model, "live", versions[$1 == "first" ? 1 : 2].id, durability: .person)
    }
    let choice = try #require(conflict.choices(nil).first)
    let value = try #require(conflict.sides[0].value)
    #expect(choice.effect == "m@live answers with version \(value), and is held no longer.")
    _ = try ana.resolve(conflict, .take("a"))
    #expect(try ana.conflicts().isEmpty)
  }

  @Test("long and broken lines are told by their beginning")
  func long() throws {
    let conflict = try disagree {
      try $0.setDescription(
        run.key, $1 + String(repeating: " and on", count: 30) + "\nmore", durability: .person)
    }
    let effect = try #require(conflict.choices(nil).first?.effect)
    #expect(effect.hasPrefix("The description becomes “") && effect.contains("…”. What"))
    #expect(!effect.contains("\n") && effect.count < 160)
  }
}
