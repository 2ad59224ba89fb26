import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Synchronization
import Testing

@Suite("A replica whose packs lie in a bucket")
struct ObjectsTests {
  private let folder: TemporaryFolder
  private let clock = ManualClock()
  private let bucket = MemoryBucket()
  private let place = "s3://memory/test"

  init() throws { folder = try TemporaryFolder() }

  /// As a machine of that name has it.
  private func environment(_ name: String, cache: Int64 = 0) -> WorkspaceEnvironment {
    var environment = TestMachine.environment(
      root: folder.path, clock: clock, seed: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }),
      name: name)
    environment.openBucket = { [bucket] _, _ in bucket }
    environment.objectsCache = cache
    return environment
  }

  private func hub() throws -> (Workspace, RunID, [UInt8]) {
    let hub = try Workspace.create(
      in: folder.path + "/hub", name: "team", device: "hub", owner: "hub", isHub: true,
      environment: environment("hub"))
    try hub.keepObjects(in: place)
    let run = try hub.newRun("r")
    let bytes = noise(3_000_000, seed: 1)
    _ = try hub.putArtifact(run, path: "m.bin", bytes: bytes)
    #expect(try hub.uploadPacks()?.failure == nil)
    #expect(try hub.contentStore.large.standing().cached == 0)
    return (hub, run, bytes)
  }

  private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count / 8).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }
  }

  private func check(_ workspace: Workspace, _ name: String = "objects") throws -> DoctorCheck {
    try #require(try workspace.doctor().first { $0.name == name })
  }

  @Test("it is remembered, said, and no other place is taken beside it")
  func remembered() throws {
    let (hub, run, bytes) = try hub()
    try hub.close()
    let again = try Workspace.open(folder.path + "/hub", environment: environment("hub"))
    #expect(try again.objectsAddress() == place)
    #expect(try again.content(run, "m.bin") == bytes)
    let status = try #require(try again.status().objects)
    #expect(status.standing.away > 0 && status.standing.waiting == 0 && status.failure == nil)
    #expect(try check(again).ok)
    #expect(throws: InvalidInput.self) { try again.keepObjects(in: "s3://memory/other") }
    _ = bucket.takeRequests()
    _ = try again.doctor()
    // Lists, and no packs.
    #expect(bucket.takeRequests().allSatisfy { !$0.hasPrefix("GET") })
    #expect(try again.objectsReadCheck()?.ok == true)
    #expect(try again.keepObjectsHere() == place)
    bucket.isAway = true
    #expect(try again.content(run, "m.bin") == bytes)
    #expect(try again.objectsAddress() == nil)
  }

  @Test("without what the bucket needs everything else goes on")
  func without() throws {
    let (hub, run, _) = try hub()
    try hub.close()
    var poor = environment("hub")
    poor.openBucket = { _, _ in throw InvalidInput("no credentials", hint: "set them") }
    let again = try Workspace.open(folder.path + "/hub", environment: poor)
    #expect(throws: InvalidInput.self) { try again.requireObjects() }
    #expect(try again.status().objects?.failure?.message == "no credentials")
    #expect(throws: BucketFailure.self) { try again.content(run, "m.bin") }
    let found = try check(again)
    #expect(!found.ok && found.detail.contains("no credentials"))
    #expect(try check(again, "artifacts").ok)
    let other = try again.newRun("s")
    _ = try again.putArtifact(other, path: "n.bin", bytes: noise(2_000_000, seed: 2))
    #expect(try again.content(other, "n.bin").count == 2_000_000)
  }

  @Test("a backup leaves what lies in the bucket, says so, and what is restored from it finds it")
  func backups() throws {
    let (hub, run, bytes) = try hub()
    let report = try hub.backUp(to: folder.path + "/vault", withKey: true)
    #expect(report.manifest.away == 1 && report.manifest.awayBytes == 3_000_000)
    #expect(report.manifest.objects == 0 && report.manifest.missing == 0)
    #expect(report.manifest.objectStorage == place)
    #expect(try report.folder.verify().problems == [])
    let full = try hub.backUp(to: folder.path + "/full", withObjects: true)
    #expect(full.manifest.objects == 1 && full.manifest.away == nil)
    let restored = try Workspace.restore(
      from: folder.path + "/vault", into: folder.path + "/again", environment: environment("new"))
    #expect(restored.missing == 0)
    try restored.workspace.close()
    let before = bucket.packs
    let mended = try Mending.mend(folder.path + "/again", environment: environment("new"))
    #expect(mended.actions.contains { $0.name == "objects" && $0.detail.contains("found") })
    let again = try Workspace.open(folder.path + "/again", environment: environment("new"))
    #expect(try again.content(run, "m.bin") == bytes)
    // It writes to a store of its own, and takes nothing away from the other's.
    _ = try again.putArtifact(run, path: "n.bin", bytes: noise(2_000_000, seed: 3))
    #expect(try again.uploadPacks()?.failure == nil)
    #expect(bucket.packs.count > before.count)
    #expect(Set(bucket.packs.map { $0.prefix(32) }).count == 2)
    try again.contentStore.remove(ContentDigest(sha256: bytes))
    #expect(Set(before).isSubset(of: bucket.packs))
    #expect(try hub.content(run, "m.bin") == bytes)
  }

  @Test("a copy of the folder only reads until it has a store of its own")
  func copied() throws {
    let (hub, run, bytes) = try hub()
    try hub.close()
    try FileManager.default.copyItem(
      atPath: folder.path + "/hub", toPath: folder.path + "/copy")
    let before = bucket.packs
    let copy = try Workspace.open(folder.path + "/copy", environment: environment("copy"))
    #expect(copy.contentStore.large.shelf?.store == nil)
    #expect(try copy.content(run, "m.bin") == bytes)
    clock.advance(milliseconds: 3_600_000)
    _ = try copy.putArtifact(run, path: "n.bin", bytes: noise(2_000_000, seed: 3))
    #expect(try copy.uploadPacks()?.failure == nil)
    #expect(copy.contentStore.large.shelf?.store != nil)
    try copy.contentStore.remove(ContentDigest(sha256: bytes))
    #expect(Set(before).isSubset(of: bucket.packs))
  }

  @Test("a purge takes the bytes from the bucket; while it is away, with the next pass")
  func purged() throws {
    let (hub, _, bytes) = try hub()
    bucket.isAway = true
    #expect(throws: BucketFailure.self) {
      try hub.contentStore.remove(ContentDigest(sha256: bytes))
    }
    #expect(!hub.contentStore.contains(ContentDigest(sha256: bytes)))
    bucket.isAway = false
    #expect(try hub.uploadPacks()?.failure == nil)
    #expect(bucket.packs.isEmpty)
  }

  @Test("an emptied bucket is told from a wrong one by a person alone")
  func emptied() throws {
    let (hub, _, bytes) = try hub()
    bucket.objects = [:]
    #expect(throws: BucketFailure.self) { try hub.keepObjects(in: place) }
    #expect(try !check(hub).ok)
    #expect(hub.contentStore.contains(ContentDigest(sha256: bytes)))
    try hub.keepObjects(in: place, isEmptied: true)
    try hub.close()
    _ = try Mending.mend(folder.path + "/hub", environment: environment("hub"))
    let again = try Workspace.open(folder.path + "/hub", environment: environment("hub"))
    #expect(try again.contentStore.large.standing().away == 0)
    _ = try? again.contentStore.verify(ContentDigest(sha256: bytes))
    #expect(!again.contentStore.contains(ContentDigest(sha256: bytes)))
    _ = try again.contentStore.put(bytes: bytes)
    #expect(try again.uploadPacks()?.failure == nil)
    #expect(try again.contentStore.verify(ContentDigest(sha256: bytes)))
  }

  @Test("doctor names packs that the bucket lost, and --fix lets peers bring their files again")
  func lost() throws {
    let (hub, _, bytes) = try hub()
    bucket.objects[bucket.packs[0]] = nil
    let found = try check(hub)
    #expect(!found.ok && found.detail.contains("1 packs are gone"))
    try hub.close()
    let mended = try Mending.mend(folder.path + "/hub", environment: environment("hub"))
    #expect(mended.actions.contains { $0.name == "objects" && $0.detail.contains("lost") })
    let again = try Workspace.open(folder.path + "/hub", environment: environment("hub"))
    #expect(try check(again).ok)
    #expect(throws: (any Error).self) {
      try again.contentStore.verify(ContentDigest(sha256: bytes))
        ? () : { throw TestFailure("damaged") }()
    }
    #expect(!again.contentStore.contains(ContentDigest(sha256: bytes)))
  }
}
