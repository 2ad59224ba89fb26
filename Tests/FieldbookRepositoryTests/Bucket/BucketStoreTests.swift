import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("A chunk store whose packs lie in a bucket")
struct BucketStoreTests {
  private let fixture: BucketFixture
  private let old = LargeFixture.noise(900_000, seed: 1)
  private var digest: ContentDigest { LargeFixture.digest(old) }

  init() throws { fixture = try BucketFixture() }

  /// Packs in the bucket and none here.
  private func stored() throws -> LargeStore {
    let store = fixture.store()
    try store.put(old)
    let report = try #require(try store.uploadPacks())
    #expect(report.failure == nil && report.packs > 3 && report.evicted == report.packs)
    #expect(try fixture.packs().isEmpty)
    #expect(fixture.bucket.packs.count == report.packs)
    return store
  }

  @Test("what went into the bucket is read from there, whole and in part, in few requests")
  func reading() throws {
    let store = try stored()
    for store in [store, fixture.store()] {
      _ = fixture.bucket.takeRequests()
      #expect(try store.bytes(of: digest) == old)
      // One for each pack: its frames lie together.
      #expect(fixture.bucket.takeRequests().count == fixture.bucket.packs.count)
      #expect(try store.bytes(of: digest, 1000..<2000) == Array(old[1000..<2000]))
      #expect(fixture.bucket.takeRequests().count == 1)
      #expect(try store.verify(digest))
    }
  }

  @Test("what is here, and what is the same, is told without a request")
  func having() throws {
    let store = try stored()
    _ = fixture.bucket.takeRequests()
    #expect(store.contains(digest) && store.size(of: digest) == 900_000)
    let recipe = try #require(try store.recipe(of: digest))
    #expect(try store.missingChunks(of: recipe).isEmpty)
    let longer = old + LargeFixture.noise(300_000, seed: 2)
    try store.put(longer)
    #expect(fixture.bucket.takeRequests().isEmpty)
    // Only what is new is in new packs.
    let bytes = try fixture.packs().reduce(0) {
      $0 + (FileManager.default.contents(atPath: $1)?.count ?? 0)
    }
    #expect(bytes < 500_000)
    #expect(try store.bytes(of: LargeFixture.digest(longer)) == longer)
  }

  @Test("the cache keeps what was read last, and is said in bytes")
  func caching() throws {
    let store = fixture.store(cache: 400_000)
    try store.put(old)
    _ = try store.uploadPacks()
    let standing = try store.standing()
    #expect(standing.waiting == 0 && standing.away == fixture.bucket.packs.count)
    #expect((100_000...400_000).contains(standing.cachedBytes))
    #expect(standing.awayBytes > 900_000)
    // The first pack is read again: it stays, and another one goes.
    _ = try store.bytes(of: digest, 0..<900_000)
    #expect(try store.verify(digest))
  }

  @Test("a bucket out of reach: nothing is called damaged, what is here is read, and later all")
  func away() throws {
    let store = try stored()
    let new = LargeFixture.noise(200_000, seed: 3)
    try store.put(new)
    fixture.bucket.isAway = true
    #expect(store.contains(digest))
    #expect(throws: BucketFailure.self) { try store.bytes(of: digest) }
    #expect(throws: BucketFailure.self) { try store.verify(digest) }
    #expect(try store.bytes(of: LargeFixture.digest(new)) == new)
    let report = try #require(try store.uploadPacks())
    #expect(report.failure?.kind == .away && report.packs == 0)
    let waiting = try store.standing().waiting
    #expect(waiting > 0)
    #expect(store.contains(digest))
    fixture.bucket.isAway = false
    #expect(try store.bytes(of: digest) == old)
    #expect(try store.uploadPacks()?.packs == waiting)
    #expect(try store.bytes(of: LargeFixture.digest(new)) == new)
  }

  @Test("a bucket that is full keeps what it has, and what waits stays here")
  func full() throws {
    let store = try stored()
    let new = LargeFixture.noise(200_000, seed: 3)
    try store.put(new)
    fixture.bucket.isFull = true
    #expect(try store.uploadPacks()?.failure != nil)
    #expect(try store.standing().waiting > 0)
    #expect(try store.bytes(of: digest) == old && store.verify(LargeFixture.digest(new)))
  }

  @Test("a bit that changed on its way is fetched again")
  func flipped() throws {
    let store = try stored()
    fixture.bucket.flips = 2
    #expect(try store.bytes(of: digest) == old)
    #expect(store.contains(digest))
  }

  @Test(
    "a chunk that is damaged in the bucket is named, makes its content missing, and comes again")
  func damaged() throws {
    let store = try stored()
    let objects = fixture.bucket.objects
    let largest = fixture.bucket.packs.max { objects[$0]!.count < objects[$1]!.count }
    let victim = try #require(largest)
    try #require(objects[victim]!.count > 100_000)
    fixture.bucket.objects[victim]?[40_000] ^= 1
    #expect(try !store.verify(digest))
    #expect(!store.contains(digest))
    let recipe = try #require(try store.recipe(of: digest))
    #expect(try store.missingChunks(of: recipe).count == 1)
    try store.put(old)
    #expect(store.contains(digest))
    #expect(try store.verify(digest))
    _ = try store.uploadPacks()
    #expect(try fixture.store().verify(digest))
  }

  @Test("a pack that is gone from the bucket is lost; a bucket that is another one is not")
  func lost() throws {
    let store = try stored()
    let all = fixture.bucket.objects
    // Nothing of the store is there: wrong prefix, wrong endpoint.
    fixture.bucket.objects = [:]
    let other = fixture.store()
    #expect(throws: BucketFailure.self) { try other.bytes(of: digest) }
    #expect(throws: BucketFailure.self) { try other.compareBucket() }
    #expect(throws: BucketFailure.self) { try other.mendNotes() }
    #expect(other.contains(digest))
    fixture.bucket.objects = all
    #expect(try other.bytes(of: digest) == old)
    fixture.bucket.objects[fixture.bucket.packs[0]] = nil
    #expect(try store.compareBucket().lost.count == 1)
    #expect(throws: LargeFailure.self) { try store.bytes(of: digest) }
    #expect(!store.contains(digest))
    #expect(try store.mendNotes() == (0, 1))
    try store.put(old)
    #expect(try store.verify(digest))
  }

  @Test("without its notes a store finds its packs again by their ends")
  func notesLost() throws {
    let store = try stored()
    for note in try fixture.large.files("large/away") { unlink(note) }
    try store.rebuildIndex()
    #expect(throws: LargeFailure.self) { try store.bytes(of: digest) }
    #expect(!store.contains(digest))
    #expect(try store.compareBucket().unknown == fixture.bucket.packs.count)
    #expect(try store.mendNotes().found == fixture.bucket.packs.count)
    #expect(store.contains(digest))
    #expect(try store.bytes(of: digest) == old)
  }

  @Test("a damaged note is not believed, and not what lets the only copy go")
  func notesDamaged() throws {
    let store = fixture.store(cache: .max)
    try store.put(old)
    _ = try store.uploadPacks()
    let note = try fixture.large.files("large/away")[0]
    chmod(note, 0o600)
    var bytes = try #require(FileManager.default.contents(atPath: note))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: note))
    #expect(try fixture.store(cache: 0).uploadPacks()?.failure == nil)
    #expect(try fixture.packs().count == 1)
    #expect(try fixture.store(cache: 0).uploadPacks()?.packs == 1)
    #expect(try fixture.packs().isEmpty)
    #expect(try fixture.store().bytes(of: digest) == old)
  }

  @Test("two stores at one prefix keep apart, and one that may only read removes nothing")
  func apart() throws {
    let store = try stored()
    let second = try BucketFixture(fixture.bucket, name: 2)
    let other = second.store()
    try other.put(old)
    _ = try other.uploadPacks()
    #expect(fixture.bucket.packs.count == 2 * (try fixture.large.files("large/away").count))
    try second.age()
    try other.erase(digest)
    #expect(!fixture.bucket.packs.contains { $0.hasPrefix(second.name.hex) })
    #expect(try store.bytes(of: digest) == old)
    // A copy of the folder, before it has a store of its own.
    let copy = fixture.store()
    copy.shelf = fixture.shelf(isReading: true)
    #expect(try copy.bytes(of: digest) == old)
    #expect(try copy.uploadPacks() == nil)
    let before = fixture.bucket.packs
    try copy.erase(digest)
    #expect(fixture.bucket.packs == before)
  }

  @Test("all of it comes back, and the bucket is forgotten")
  func recalling() throws {
    let store = try stored()
    #expect(throws: BucketFailure.self) { try store.forgetBucket() }
    #expect(try store.recallPacks() == fixture.bucket.packs.count)
    try store.forgetBucket()
    fixture.bucket.isAway = true
    #expect(
      try LargeStore(path: fixture.large.path + "/large", staging: fixture.large.path + "/tmp")
        .bytes(of: digest) == old)
  }
}
