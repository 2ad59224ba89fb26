import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

/// Each act is broken off at its first call, to the disk or to the bucket, then at its second, and so on until it comes through.
@Suite("A chunk store with a bucket, broken off at any call")
struct BucketCrashTests {
  private static let kept = LargeFixture.noise(320_000, seed: 1)
  private static let gone = Array(kept.prefix(150_000)) + LargeFixture.noise(280_000, seed: 2)
  private static let keptDigest = LargeFixture.digest(kept)
  private static let goneDigest = LargeFixture.digest(gone)

  @Test("uploading: each pack is here or there", arguments: FaultyStoreDisk.Fault.allCases)
  func uploadingDisk(fault: FaultyStoreDisk.Fault) throws {
    for call in 1...300 {
      let fixture = try BucketFixture()
      let disk = try FaultyStoreDisk(attic: fixture.large.path + "/attic", seed: UInt64(call))
      let victim = fixture.store(disk: disk)
      try victim.put(Self.kept)
      disk.arm(fault, at: call)
      _ = try? victim.uploadPacks()
      let hasStruck = disk.hasStruck
      disk.revive()
      try check(fixture)
      if !hasStruck { return #expect(call > 3) }
    }
    Issue.record("it never came through")
  }

  @Test(
    "uploading, with a bucket that fails",
    arguments: [MemoryBucket.Fault.away, .full, .answerLost, .kill])
  func uploadingBucket(fault: MemoryBucket.Fault) throws {
    for call in 1...100 {
      let fixture = try BucketFixture()
      let victim = fixture.store()
      try victim.put(Self.kept)
      fixture.bucket.arm(fault, at: call)
      _ = try victim.uploadPacks()
      let hasStruck = fixture.bucket.hasStruck
      fixture.bucket.revive()
      try check(fixture)
      if !hasStruck { return #expect(call > 3) }
    }
    Issue.record("it never came through")
  }

  private func check(_ fixture: BucketFixture) throws {
    #expect(fixture.store().contains(Self.keptDigest))
    #expect(try fixture.store().bytes(of: Self.keptDigest) == Self.kept)
    let report = try #require(try fixture.store().uploadPacks())
    #expect(report.failure == nil)
    #expect(try fixture.store().standing().waiting == 0)
    #expect(try fixture.packs().isEmpty)
    #expect(try fixture.store().bytes(of: Self.keptDigest) == Self.kept)
    #expect(try fixture.store().compareBucket().lost.isEmpty)
  }

  @Test(
    "gc: what is named stays; what is not, goes in the end",
    arguments: FaultyStoreDisk.Fault.allCases)
  func collectingDisk(fault: FaultyStoreDisk.Fault) throws {
    for call in 1...400 {
      let fixture = try BucketFixture()
      let disk = try FaultyStoreDisk(attic: fixture.large.path + "/attic", seed: UInt64(call))
      let victim = fixture.store(disk: disk)
      try prepare(fixture, victim)
      disk.arm(fault, at: call)
      _ = try? victim.collect(grace: 0)
      let hasStruck = disk.hasStruck
      disk.revive()
      try checkCollected(fixture)
      if !hasStruck { return #expect(call > 3) }
    }
    Issue.record("it never came through")
  }

  @Test(
    "gc, with a bucket that fails",
    arguments: [MemoryBucket.Fault.away, .full, .answerLost, .kill])
  func collectingBucket(fault: MemoryBucket.Fault) throws {
    for call in 1...100 {
      let fixture = try BucketFixture()
      let victim = fixture.store()
      try prepare(fixture, victim)
      fixture.bucket.arm(fault, at: call)
      _ = try victim.collect(grace: 0)
      let hasStruck = fixture.bucket.hasStruck
      fixture.bucket.revive()
      try checkCollected(fixture)
      if !hasStruck { return #expect(call > 2) }
    }
    Issue.record("it never came through")
  }

  /// Both are in the bucket, and of one the recipe is gone.
  private func prepare(_ fixture: BucketFixture, _ store: LargeStore) throws {
    try store.put(Self.kept)
    try store.put(Self.gone)
    #expect(try store.uploadPacks()?.failure == nil)
    unlink(store.folder.recipe(Self.goneDigest))
  }

  private func checkCollected(_ fixture: BucketFixture) throws {
    let store = fixture.store()
    #expect(try store.bytes(of: Self.keptDigest) == Self.kept)
    // What a collection rewrote is a pack like others.
    for _ in 0..<3 {
      let report = try store.collect(grace: 0)
      #expect(report.bucketFailure == nil)
      _ = try store.uploadPacks()
    }
    #expect(try store.planCollection(grace: 0).unneededBytes == 0)
    #expect(try fixture.store().bytes(of: Self.keptDigest) == Self.kept)
    #expect(try fixture.large.files("large/leaving").isEmpty)
    // In the bucket is what is noted, and nothing else.
    let findings = try store.compareBucket()
    #expect(findings.lost.isEmpty && findings.unknown == 0)
    #expect(fixture.bucket.packs.count == findings.packs)
  }
}
