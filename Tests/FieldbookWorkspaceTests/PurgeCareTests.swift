import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// What surrounds a purge: other names of a content, data that comes back, what is left to do.
@Suite("Care after purges")
struct PurgeCareTests: TeamSuite {
  let team: Team
  let run: RunID

  init() throws {
    team = try Team()
    run = try team.sharedRun()
  }

  @Test("metric data that was purged is not taken again; what is void is, for it can be accepted")
  func payloads() throws {
    func points(_ key: String) -> [MetricSeries] {
      [MetricSeries(key: key, points: [MetricPoint(step: 0, timestamp: 1, value: 2)])]
    }
    try ana.logBatch(
      run, parameters: [], metrics: points("secret"), tags: [], durability: .person)
    try TestMachine.quiesce(members)
    let chunk = MetricChunk.encode(points("secret"))
    let bytes = try #require(try bo.chunkPayload(chunk.digest))
    _ = try hub.purge(run.key, .series("secret"), reason: "r", label: nil)
    try TestMachine.quiesce(members)
    #expect(try bo.chunkPayload(chunk.digest) == nil)
    try bo.putChunkPayload(chunk.digest, bytes)
    #expect(try bo.chunkPayload(chunk.digest) == nil)

    let late = MetricChunk.encode(points("late"))
    try hub.revoke(ana.deviceKey, accepting: .present)
    try TestMachine.exchange(hub, bo)
    try ana.logBatch(run, parameters: [], metrics: points("late"), tags: [], durability: .person)
    try TestMachine.give(ana, to: bo)
    #expect(try bo.run(run).metrics["late"] == nil)
    #expect(try bo.chunkPayload(late.digest) != nil)
  }

  @Test("what was fetched of a purged file in part goes as well")
  func partials() throws {
    let artifact = try ana.putArtifact(run, path: "a.txt", bytes: Array("secret".utf8))
    try TestMachine.quiesce(members)
    try bo.contentStore.appendPartial(artifact.digest, bytes: Array("sec".utf8)[...], at: 0)
    #expect(bo.contentStore.partialSize(artifact.digest) == 3)
    _ = try hub.purge(run.key, .field(.artifact("a.txt")), reason: "r", label: nil)
    try TestMachine.quiesce(members)
    #expect(bo.contentStore.partialSize(artifact.digest) == 0)
  }

  @Test("a content that a conflict names is shared; others that name it are counted")
  func shared() throws {
    let other = try ana.newRun("other")
    try TestMachine.quiesce(members)
    _ = try ana.putArtifact(run, path: "x", bytes: [1, 2, 3])
    // In conflict: one of two values, and not the one that is shown, names the content.
    _ = try ana.putArtifact(other, path: "x", bytes: [1, 2, 3])
    clock.advance(milliseconds: 60_000)
    _ = try bo.putArtifact(other, path: "x", bytes: [4])
    try TestMachine.quiesce(members)
    #expect(try hub.purgeOutcome(run.key, .everything).sharedContents == 1)
    #expect(try hub.purgeOutcome(run.key, .field(.artifact("x"))).alsoNamedBy == 1)
    #expect(try hub.purgeOutcome(other.key, .field(.artifact("x"))).alsoNamedBy == 1)
  }

  @Test("of an empty file only the name goes")
  func emptyContent() throws {
    _ = try ana.putArtifact(run, path: "empty", bytes: [])
    try TestMachine.quiesce(members)
    let outcome = try hub.purge(run.key, .field(.artifact("empty")), reason: "r", label: nil)
    #expect(outcome.contents == 0 && outcome.values == 1)
    try TestMachine.quiesce(members)
    _ = try ana.putArtifact(run, path: "other", bytes: [])
    #expect(try ana.artifacts(run).map(\.path) == ["other"])
  }

  @Test("things that only a value names make no difference, in whatever order the values came")
  func unknownNames() throws {
    let keys = try ["1", "2"].map { try #require(EntityKey(hex: String(repeating: $0, count: 32))) }
    for (one, key) in zip([ana, bo], keys) {
      try one.store.write(.person) { transaction in
        try transaction.set(run.key, [(.experiment, .reference(key))])
      }
      clock.advance(milliseconds: 60_000)
    }
    try TestMachine.give(ana, to: hub)
    try TestMachine.give(bo, to: hub)
    try TestMachine.give(bo, to: ana)
    try TestMachine.give(ana, to: bo)
    #expect(try Set(members.map { try $0.headsDigest() }).count == 1)
    #expect(try TestMachine.discord(members) == [])
  }

  @Test("a large database is written anew only when a person asks for it")
  func largeScrub() throws {
    try ana.setTag(run.key, EntryKey("k"), "secret", durability: .person)
    try hub.store.write(.script) { try $0.noteScrubDue() }
    try hub.store.scrub(upTo: 1)
    #expect(try hub.needsScrub())
    try hub.close()
    let environment = team.environment("hub", seed: 9)
    let report = try Mending.mend(hub.dir, environment: environment)
    #expect(report.checks.first { $0.name == "purges" }?.ok == true)
    let again = try Workspace.open(hub.dir, environment: environment)
    #expect(try !again.needsScrub())
  }
}
