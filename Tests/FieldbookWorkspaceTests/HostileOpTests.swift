import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// Ops and sizes at the edge of what fits: written here they are split or refused, from a peer they do no harm.
@Suite("Hostile and huge ops")
struct HostileOpTests: TeamSuite {
  let team: Team

  init() throws { team = try Team(["hub", "ana"]) }

  @Test("a run with thousands of tags is several ops, and one run everywhere")
  func manyFields() throws {
    var tags: [EntryKey: String] = [:]
    for index in 0..<5000 { tags[try EntryKey("k\(index)")] = "v\(index)" }
    let made = try ana.createRun(
      RunDraft(experiment: Experiment.defaultID, name: "big", tags: tags), durability: .script)
    try expectEqual(members)
    #expect(try hub.run(made).tags.count == 5000)
    #expect(try hub.run(made).tags["k4999"] == "v4999")
  }

  @Test("a transaction that no segment could hold is refused, and the replica goes on")
  func hugeTransaction() throws {
    let made = try ana.newRun("r", durability: .script)
    let text = String(repeating: "x", count: 1_000_000)
    #expect(throws: InvalidInput.self) {
      try ana.store.write(.script) { transaction in
        for index in 0..<20 {
          try transaction.set(made.key, [(.tag(EntryKey("k\(index)")), .text(text))])
        }
      }
    }
    try ana.setTag(made.key, EntryKey("small"), "fits", durability: .script)
    try expectEqual(members)
    #expect(try hub.run(made).tags == ["small": "fits"])
  }

  @Test("a version number near the greatest integer has no effect, and numbers go on")
  func hugeNumber() throws {
    let model = try ana.newModel()
    let versions = try (0..<2).map { index in
      try ana.newVersion(of: model, source: "s\(index)")
    }
    // The hub's own program, changed: it has the right to give numbers.
    try TestMachine.give(ana, to: hub)
    try hub.store.write(.script) { transaction in
      try transaction.set(versions[0].id.key, [(.number, .integer(.max))])
    }
    try hub.performHubDuties()
    try expectEqual(members)
    let numbers = try hub.model(model).versions.compactMap(\.finalNumber)
    #expect(numbers.sorted() == [1, 2])
  }

  @Test("an experiment whose name was taken away does not hang who asks for that name")
  func namelessExperiment() throws {
    let experiment = try ana.ensureExperiment(named: "churn", durability: .script)
    try ana.store.write(.script) { transaction in
      try transaction.set(experiment.key, [(.name, .text("x"))])
      try transaction.set(experiment.key, [(.name, nil)])
    }
    let again = try ana.ensureExperiment(named: "churn", durability: .script)
    #expect(again != experiment)
    try expectEqual(members)
  }

  @Test("fields of another type than theirs, and one field twice, are kept without effect")
  func wrongTypes() throws {
    let made = try ana.newRun("r", durability: .script)
    let bad: [(FieldName, FieldValue)] = [
      (.user, .bytes([1])), (.startTime, .text("now")), (.status, .text("DANCING")),
      (.experiment, .integer(3)), (.tag(EntryKey(unchecked: "k")), .bytes([0xff])),
    ]
    for (field, value) in bad {
      try ana.store.write(.script) { transaction in
        try transaction.appendUnchecked(
          kind: .set, entity: made.key,
          cells: [Cell(field: field, overwrites: [], value: value)])
      }
    }
    let twice = FieldName.tag(EntryKey(unchecked: "twice"))
    try ana.store.write(.script) { transaction in
      try transaction.appendUnchecked(
        kind: .set, entity: made.key,
        cells: ["a", "b"].map { Cell(field: twice, overwrites: [], value: .text($0)) })
    }
    try expectEqual(members)
    #expect(try hub.run(made).tags.isEmpty && hub.run(made).name == "r")
  }

  @Test("times at either end of what a number holds can be asked for and subtracted")
  func farTimes() throws {
    let early = Timestamp(milliseconds: .min)
    let late = Timestamp(milliseconds: .max)
    #expect(late.since(early) == .max && early.since(late) == .min)
    #expect(late.since(late) == 0)
    let made = try ana.createRun(
      RunDraft(experiment: Experiment.defaultID, name: "old", startTime: early),
      durability: .script)
    try expectEqual(members)
    #expect(try hub.run(made).startTime == early)
  }
}
