import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// People paste tokens and patient numbers. What was purged is in no file of any replica that heard of it.
@Suite("Purge")
struct PurgeTests: TeamSuite {
  let team: Team
  let run: RunID
  static let token = "ghp_TOKEN7c1f0a9be2d4MARK"
  private let points = (0..<50).map {
    MetricPoint(step: Int64($0), timestamp: 1000 + Int64($0), value: Double($0))
  }

  init() throws {
    team = try Team()
    run = try team.sharedRun()
  }

  private func equal(
    _ team: [Workspace], at location: SourceLocation = #_sourceLocation
  ) throws {
    try expectEqual(team, at: location)
    #expect(try TestMachine.gaps(team) == [], sourceLocation: location)
  }

  private func holders(of text: String, in one: Workspace) -> [String] {
    files(holding: text, below: one.folder)
  }

  @Test("a file is gone from the commits that git's clients get, which are equal everywhere")
  func artifactCommits() throws {
    let name = PurgeTests.token + ".txt"
    _ = try ana.putArtifact(run, path: name, bytes: [1, 2, 3])
    _ = try ana.putArtifact(run, path: "kept.txt", bytes: [4])
    try equal(members)
    let reference = "refs/fieldbook/artifacts/\(run.hex)"
    func commits() throws -> Set<String> {
      for one in members { try one.refreshArtifactCommits(of: [run]) }
      return Set(try members.map { try $0.git("rev-parse", reference) })
    }
    let before = try commits()
    #expect(before.count == 1)
    _ = try hub.purge(run.key, .field(.artifact(name)), reason: "a token", label: nil)
    try equal(members)
    for one in members {
      #expect(throws: TestFailure.self) { try one.git("cat-file", "-e", before.first ?? "") }
    }
    let after = try commits()
    #expect(after.count == 1 && after != before)
    for one in members {
      try one.refreshArtifactCommits(of: nil)
      #expect(try one.git("for-each-ref", "--format=%(refname)") == reference)
      let names = try one.git("ls-tree", "-r", "--name-only", reference)
      #expect(names == ".gitattributes\nartifacts/kept.txt")
    }
  }

  @Test("a token in a tag, a param, a description, a comment and a file is gone from every file")
  func token() throws {
    let token = PurgeTests.token
    try ana.setTag(run.key, EntryKey("note"), "old " + token, durability: .person)
    try ana.setTag(run.key, EntryKey("note"), "use " + token, durability: .person)
    try ana.logBatch(
      run, parameters: [(EntryKey("auth"), token)], metrics: [], tags: [], durability: .person)
    try ana.setDescription(run.key, "log in with \(token) please", durability: .person)
    try ana.addComment(run, "harmless")
    try ana.addComment(run, token)
    _ = try ana.putArtifact(run, path: "logs/out.txt", bytes: Array("auth \(token)\n".utf8))
    try ana.setTag(run.key, EntryKey("keep"), "this", durability: .person)
    try TestMachine.quiesce(members)
    for one in [hub, bo] {
      _ = try one.putArtifact(run, path: "logs/out.txt", bytes: Array("auth \(token)\n".utf8))
    }
    try TestMachine.quiesce(members)
    for one in members { #expect(!holders(of: token, in: one).isEmpty) }

    let comment = try #require(
      try hub.store.inspect { try $0.history(run.key, field: .comments).last?.op })
    let subjects: [PurgeSubject] = [
      .field(.tag(try EntryKey("note"))), .field(.parameter(try EntryKey("auth"))),
      .field(.description),
      .value(.comments, op: comment), .field(.artifact("logs/out.txt")),
    ]
    for subject in subjects {
      let outcome = try hub.purge(
        run.key, subject, reason: "a token was pasted", label: subject.text)
      #expect(outcome.values > 0 && outcome.op != nil)
    }
    try equal(members)
    for one in members {
      #expect(holders(of: token, in: one) == [])
      let seen = try one.run(run)
      #expect(seen.tags == ["keep": "this"] && seen.parameters.isEmpty && seen.description == nil)
      #expect(seen.comments.map(\.text) == ["harmless"])
      #expect(try one.artifacts(run).isEmpty)
      #expect(try one.missingArtifacts(limit: 10).isEmpty)
    }
    #expect(throws: PurgeFailure.contentPurged(path: "again.txt")) {
      try bo.putArtifact(run, path: "again.txt", bytes: Array("auth \(token)\n".utf8))
    }
    let record = try #require(try hub.purges().first)
    #expect(record.reason == "a token was pasted" && record.subject == "tags.note")
    #expect(record.author == "hub" && record.unconfirmed == ["ana", "bo"])
    // Whoever writes with the purge in the past has taken it in.
    try bo.setTag(run.key, EntryKey("since"), "then", durability: .person)
    try equal(members)
    #expect(try hub.purges().first?.unconfirmed == ["ana"])
  }

  @Test("who never held the value adds up to the same; who has it from a backup loses it again")
  func lateAndRestored() throws {
    try ana.setTag(run.key, EntryKey("k"), PurgeTests.token, durability: .person)
    try TestMachine.exchange(hub, ana)
    try TestMachine.exchange(hub, bo)
    // A backup of bo's replica.
    try bo.close()
    let backup = folder.path + "/backup"
    try FileManager.default.copyItem(atPath: bo.dir, toPath: backup)
    let back = try Workspace.open(bo.dir, environment: team.environment("bo", seed: 5))
    _ = try hub.purge(run.key, .field(.tag(EntryKey("k"))), reason: "r", label: nil)
    try equal([hub, ana, back])
    #expect(holders(of: PurgeTests.token, in: back) == [])
    let fresh = try team.clone("cy", seed: 6)
    try hub.admit(fresh)
    try equal([hub, fresh, ana, back])
    try back.close()
    try FileManager.default.removeItem(atPath: bo.dir)
    try FileManager.default.moveItem(atPath: backup, toPath: bo.dir)
    let restored = try Workspace.open(bo.dir, environment: team.environment("bo", seed: 7))
    #expect(try restored.run(run).tags["k"] == PurgeTests.token)
    try equal([hub, ana, fresh, restored])
    #expect(holders(of: PurgeTests.token, in: restored) == [])
  }

  @Test("one metric of several goes, with its points; the others stay as they were")
  func series() throws {
    try ana.logBatch(
      run, parameters: [],
      metrics: [
        MetricSeries(key: "loss", points: points),
        MetricSeries(key: "patient_4711", points: points),
      ], tags: [], durability: .person)
    try TestMachine.quiesce(members)
    _ = try hub.purge(
      run.key, .series("patient_4711"), reason: "a patient's number", label: nil)
    try equal(members)
    for one in members {
      #expect(try one.metricHistory(run, key: "loss") == points)
      #expect(try one.metricHistory(run, key: "patient_4711").isEmpty)
      #expect(try Array(one.run(run).metrics.keys) == ["loss"])
      #expect(holders(of: "patient_4711", in: one) == [])
    }
  }

  @Test("two admins purge two metrics of one chunk at once: both go, a third stays")
  func seriesAtOnce() throws {
    try bo.logBatch(
      run, parameters: [],
      metrics: ["a", "b", "c"].map { MetricSeries(key: $0, points: points) }, tags: [],
      durability: .person)
    try hub.setRole(.admin, of: ana.deviceKey)
    try TestMachine.quiesce(members)
    _ = try hub.purge(run.key, .series("a"), reason: "first", label: "metrics.a")
    _ = try ana.purge(run.key, .series("b"), reason: "second", label: "metrics.b")
    try equal(members)
    for one in members {
      #expect(try Array(one.run(run).metrics.keys) == ["c"])
      #expect(try one.metricHistory(run, key: "c") == points)
      #expect(try one.metricHistory(run, key: "a").isEmpty)
      #expect(try one.metricHistory(run, key: "b").isEmpty)
      #expect(try one.store.inspect { try $0.returnedSeries() } == [])
      #expect(try one.doctor().first { $0.name == "purges" }?.ok == true)
    }
    // Whoever records such a metric again, and knows of the purge, may.
    try bo.logBatch(
      run, parameters: [], metrics: [MetricSeries(key: "a", points: points)], tags: [],
      durability: .person)
    try equal(members)
    #expect(try hub.metricHistory(run, key: "a") == points)
  }

  @Test("a whole run goes: its name, its points, its files; what another run names stays")
  func wholeRun() throws {
    let other = try ana.newRun("other")
    let secret = try ana.newRun("patient-0815")
    _ = try ana.putArtifact(secret, path: "shared.bin", bytes: [1, 2, 3])
    _ = try ana.putArtifact(other, path: "mine.bin", bytes: [1, 2, 3])
    _ = try ana.putArtifact(secret, path: "own.txt", bytes: Array("patient-0815 was ill".utf8))
    try ana.logBatch(
      secret, parameters: [],
      metrics: [MetricSeries(key: "m", points: [MetricPoint(step: 0, timestamp: 1, value: 2)])],
      tags: [], durability: .person)
    try TestMachine.quiesce(members)
    let outcome = try hub.purge(secret.key, .everything, reason: "r", label: nil)
    #expect(outcome.contents == 1 && outcome.sharedContents == 1)
    // Who had not heard of it writes to it still.
    try bo.setTag(secret.key, EntryKey("late"), "x", durability: .person)
    try equal(members)
    for one in members {
      #expect(throws: (any Error).self) { try one.run(secret) }
      #expect(holders(of: "patient-0815", in: one) == [])
      #expect(try one.artifacts(other).count == 1)
    }
    _ = try hub.purge(secret.key, .everything, reason: "again", label: nil)
    try equal(members)
  }

  @Test("only an admin purges, and a reason is kept")
  func rights() throws {
    try ana.setTag(run.key, EntryKey("k"), "v", durability: .person)
    try TestMachine.quiesce(members)
    #expect(throws: WorkspaceFailure.notAdmin) {
      try ana.purge(run.key, .field(.tag(EntryKey("k"))), reason: "r", label: nil)
    }
    #expect(throws: PurgeFailure.noReason) {
      try hub.purge(run.key, .field(.tag(EntryKey("k"))), reason: "", label: nil)
    }
    #expect(throws: PurgeFailure.structural(field: "lifecycle")) {
      try hub.purge(run.key, .field(.lifecycle), reason: "r", label: nil)
    }
    #expect(throws: PurgeFailure.nothing(field: "tags.none")) {
      try hub.purge(run.key, .field(.tag(EntryKey("none"))), reason: "r", label: nil)
    }
    // A changed program has no more right than the one at hand.
    try ana.store.write(.person) { transaction in
      let plan = try transaction.purgePlan(run.key, .field(.tag(EntryKey("k"))))
      try transaction.appendUnchecked(
        kind: .purge, entity: run.key,
        cells: Purge.cells(plan.targets, contents: [], reason: "r", subject: nil))
    }
    try equal(members)
    for one in members { #expect(try one.run(run).tags["k"] == "v") }
  }

  @Test("a changed program of an admin purges no role, no enrolment, and no half of a run")
  func structure() throws {
    let other = try ana.newRun("other")
    try TestMachine.quiesce(members)
    try hub.store.write(.person) { transaction in
      for (entity, subject) in [
        (ana.deviceKey.entity, PurgeSubject.everything), (hub.id.key, .everything),
        (run.key, .field(.experiment)), (run.key, .field(.lifecycle)),
      ] {
        let plan = try transaction.purgePlan(entity, subject)
        try transaction.append(
          kind: .purge, entity: entity,
          cells: Purge.cells(plan.targets, contents: [], reason: "r", subject: nil))
      }
      // Ops and cells that are not there.
      let plan = try transaction.purgePlan(other.key, .everything)
      try transaction.append(
        kind: .purge, entity: other.key,
        cells: Purge.cells(
          plan.targets.map { ($0.0, [4000]) }, contents: [], reason: "r", subject: nil))
    }
    try equal(members)
    for one in members {
      #expect(try one.role(of: ana.deviceKey) == .writer)
      #expect(try one.run(run).experiment == Experiment.defaultID)
      #expect(try one.run(other).name == "other")
    }
    let fresh = try team.clone("cy", seed: 6)
    try hub.admit(fresh)
    try equal([hub, fresh, ana])
  }

  @Test("a branch that brings a purged op along in a segment of its own brings no value")
  func sharedWithBranch() throws {
    try ana.setTag(run.key, EntryKey("k"), PurgeTests.token, durability: .person)
    let (one, twin) = try team.twin(of: ana, seed: 79)
    try twin.setTag(run.key, EntryKey("b"), "2", durability: .person)
    try TestMachine.exchange(one, hub)
    _ = try hub.purge(run.key, .field(.tag(EntryKey("k"))), reason: "r", label: nil)
    try TestMachine.give(twin, to: hub)
    #expect(try hub.run(run).tags == ["b": "2"])
    #expect(holders(of: PurgeTests.token, in: hub) == [])
    #expect(try hub.store.inspect { try $0.remainsOfPurges() } == 0)
    let texts = try hub.segments(notIn: [], maxBytes: .max, after: nil).segments.map { segment in
      try Segment(encoded: segment.bytes).body().ops.flatMap(\.cells).compactMap { $0.value?.text }
    }
    #expect(!texts.joined().contains(PurgeTests.token))
    try equal([hub, one, twin, bo])
  }

  @Test("values that someone left out without the right come back from who has them")
  func leftOut() throws {
    try ana.setTag(run.key, EntryKey("k"), "precious", durability: .person)
    try TestMachine.exchange(ana, hub)
    // A purge by an admin who, as it turns out, was a thief: bo heard of the purge before the revocation.
    try hub.setRole(.admin, of: ana.deviceKey)
    try TestMachine.quiesce(members)
    try hub.revoke(ana.deviceKey, accepting: .present)
    _ = try ana.purge(run.key, .field(.tag(EntryKey("k"))), reason: "r", label: nil)
    try TestMachine.give(ana, to: bo)
    #expect(try bo.run(run).tags["k"] == nil)
    try TestMachine.exchange(bo, hub)
    try TestMachine.exchange(bo, hub)
    #expect(try hub.run(run).tags["k"] == "precious")
    #expect(try bo.missingChunkPayloads(limit: 10).count == 1)
    try TestMachine.fill(bo, from: hub)
    try equal([hub, bo])
    #expect(try bo.run(run).tags["k"] == "precious")
  }

  @Test("a model whose former name was all that its making said is still there without it")
  func namesOfModels() throws {
    let model = try ana.newModel("patient-4712")
    let version = try ana.newVersion(of: model)
    try TestMachine.quiesce(members)
    try hub.rename(model.key, to: "cohort", durability: .person)
    _ = try hub.purge(model.key, .field(.name), reason: "r", label: nil)
    try equal(members)
    for one in members {
      let found = try one.model(model)
      #expect(found.name == "cohort" && found.versions.map(\.id) == [version.id])
      #expect(holders(of: "patient-4712", in: one) == [])
    }
  }

  @Test("an experiment's present name stays; a former one can go")
  func names() throws {
    let experiment = try ana.createExperiment(named: "patient-4711", durability: .person)
    try TestMachine.quiesce(members)
    #expect(throws: PurgeFailure.standingName(kind: "experiment")) {
      try hub.purge(experiment.key, .field(.name), reason: "r", label: nil)
    }
    try hub.rename(experiment.key, to: "cohort", durability: .person)
    _ = try hub.purge(experiment.key, .field(.name), reason: "r", label: nil)
    try equal(members)
    for one in members {
      #expect(try one.experiment(experiment).name == "cohort")
      #expect(holders(of: "patient-4711", in: one) == [])
    }
  }
}
