import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("What leaves a bucket")
struct BucketCollectionTests {
  private let fixture: BucketFixture
  private let store: LargeStore
  private let bytes = LargeFixture.noise(500_000, seed: 1)
  private let now = LargeStore.presentSeconds

  init() throws {
    fixture = try BucketFixture()
    store = fixture.store()
    try store.put(bytes)
    #expect(try store.uploadPacks()?.failure == nil)
  }

  @Test(
    "packs that nothing needs wait out of sight for the grace period, and come back when asked to")
  func graceful() throws {
    unlink(store.folder.recipe(LargeFixture.digest(bytes)))
    let before = fixture.bucket.packs
    let young = try store.collect(grace: 3600, now: now + 10)
    #expect(young.unneededPacks == 0 && fixture.bucket.packs == before)
    let first = try store.collect(grace: 3600, now: now + 4000)
    #expect(first.unneededPacks == before.count && first.removedAway == 0)
    #expect(fixture.bucket.packs == before)
    #expect(try fixture.large.files("large/away").isEmpty)
    #expect(try store.putBackPacks() == before.count)
    // As young as new ones.
    #expect(try store.collect(grace: 3600, now: now + 10).unneededPacks == 0)
    #expect(try store.collect(grace: 3600, now: now + 8000).unneededPacks == before.count)
    #expect(try store.planCollection(grace: 3600, now: now + 20_000).removedAway == before.count)
    let last = try store.collect(grace: 3600, now: now + 20_000)
    #expect(last.removedAway == before.count && last.removedAwayBytes > 500_000)
    #expect(fixture.bucket.packs.isEmpty)
    #expect(try fixture.large.files("large/leaving").isEmpty)
  }

  @Test("a purge takes the bytes from the bucket at once; while that cannot be reached, it waits")
  func purged() throws {
    let digest = LargeFixture.digest(bytes)
    fixture.bucket.isAway = true
    #expect(throws: BucketFailure.self) { try store.erase(digest) }
    #expect(!store.contains(digest))
    #expect(!fixture.bucket.packs.isEmpty)
    // Opening asks nobody.
    _ = fixture.bucket.takeRequests()
    try store.finishErasing(mayAsk: false)
    #expect(fixture.bucket.takeRequests().isEmpty)
    fixture.bucket.isAway = false
    #expect(try store.uploadPacks()?.failure == nil)
    #expect(fixture.bucket.packs.isEmpty)
    #expect(try fixture.large.files("large/erasing").isEmpty)
  }

  @Test("a purge of a part leaves the rest, in new packs")
  func purgedInPart() throws {
    let other = Array(bytes.prefix(300_000)) + LargeFixture.noise(200_000, seed: 2)
    try store.put(other)
    #expect(try store.uploadPacks()?.failure == nil)
    try store.erase(LargeFixture.digest(bytes))
    #expect(try store.bytes(of: LargeFixture.digest(other)) == other)
    let all = fixture.bucket.packs.flatMap { fixture.bucket.objects[$0] ?? [] }
    // Noise is not compressed: its bytes would be found as they were.
    let secret = Array(bytes[450_000..<450_064])
    #expect(!contains(all, secret))
    #expect(try store.uploadPacks()?.failure == nil)
    #expect(try fixture.store().bytes(of: LargeFixture.digest(other)) == other)
  }

  private func contains(_ all: [UInt8], _ part: [UInt8]) -> Bool {
    Data(all).range(of: Data(part)) != nil
  }

  @Test("little that is needed of many packs is fetched once and packed anew")
  func rewritten() throws {
    let shared = Array(bytes.prefix(100_000))
    try store.put(shared)
    _ = try store.uploadPacks()
    unlink(store.folder.recipe(LargeFixture.digest(bytes)))
    let report = try store.collect(grace: 0, now: now + 10)
    #expect(report.rewrittenPacks >= 1 && report.bucketFailure == nil)
    _ = try store.uploadPacks()
    #expect(try fixture.store().bytes(of: LargeFixture.digest(shared)) == shared)
    let left = fixture.bucket.packs.reduce(0) { $0 + (fixture.bucket.objects[$1]?.count ?? 0) }
    #expect(left < 300_000)
  }
}
