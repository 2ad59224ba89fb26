import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("Removing from the chunk store")
struct LargeCollectionTests {
  let fixture: LargeFixture
  let store: LargeStore
  private let shared = LargeFixture.noise(900_000, seed: 1)

  init() throws {
    fixture = try LargeFixture()
    store = fixture.store()
  }

  private func content(_ seed: UInt64) -> [UInt8] {
    shared + LargeFixture.noise(400_000, seed: seed)
  }

  @Test("what no recipe names goes, after the grace period, and was told before")
  func collect() throws {
    let (a, b) = (content(2), content(3))
    try store.put(a)
    try store.put(b)
    try FileManager.default.removeItem(atPath: store.folder.recipe(LargeFixture.digest(a)))
    let young = try store.collect()
    #expect(young.unneededBytes > 300_000 && young.unneededPacks + young.rewrittenPacks == 0)
    #expect(young.keptBytes == young.unneededBytes)
    let plan = try store.planCollection(grace: 0)
    #expect(plan.unneededBytes == young.unneededBytes && plan.packs == 2)
    let done = try store.collect(grace: 0)
    #expect(done == plan)
    let after = try store.planCollection(grace: 0)
    #expect(after.unneededBytes == 0 && after.bytes <= plan.bytes - plan.unneededBytes + 200)
    #expect(try fixture.store().bytes(of: LargeFixture.digest(b)) == b)
    #expect(try !store.verify(LargeFixture.digest(a)))
    #expect(try store.collect(grace: 0).rewrittenPacks == 0, "there is nothing more to do")
  }

  @Test("small packs become few")
  func small() throws {
    let one = fixture.store(packBytes: 1)
    let contents = try (0..<20).map { try one.put(LargeFixture.noise(50_000, seed: $0)) }
    let before = try fixture.files("large/packs").count
    #expect(before >= 20)
    try store.collect(grace: 0)
    #expect(try fixture.files("large/packs").count == 1)
    #expect(try store.collect(grace: 0).rewrittenPacks == 0)
    for content in contents { #expect(try one.verify(content), "also who had it open") }
  }

  @Test("erased, a content's own bytes are in no file any more; shared ones stay")
  func erase() throws {
    let (a, b) = (content(2), content(3))
    try store.put(a)
    try store.put(b)
    let reader = try store.reader(of: LargeFixture.digest(b))
    try store.erase(LargeFixture.digest(a))
    #expect(!store.contains(LargeFixture.digest(a)))
    let own = Array(a[1_200_000..<1_200_064])
    for pack in try fixture.files("large/packs") {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: pack))
      #expect(bytes.range(of: Data(own)) == nil)
    }
    #expect(try fixture.files("large/erasing").isEmpty)
    var read: [UInt8] = []
    while let piece = try reader.next() { read += piece }
    #expect(read == b, "who was reading reads on")
    #expect(try store.verify(LargeFixture.digest(b)))
    try store.erase(LargeFixture.digest(a))
  }

  @Test("while somebody puts nothing is removed, and an erasure goes on later")
  func busy() throws {
    let (a, b) = (content(2), content(3))
    try store.put(a)
    let other = fixture.store()
    var position = 0
    _ = try other.put { room in
      if position == 0 {
        // The put that is under way relies on chunks of `a`.
        #expect(throws: LargeFailure.busy) {
          try self.store.erase(LargeFixture.digest(a), patience: 0)
        }
      }
      let count = min(room.count, b.count - position)
      room.copyBytes(from: b[position..<position + count])
      position += count
      return count
    }
    #expect(!store.contains(LargeFixture.digest(a)))
    #expect(try fixture.files("large/erasing").count == 1)
    try fixture.store().finishErasing()
    #expect(try fixture.files("large/erasing").isEmpty)
    #expect(try store.planCollection(grace: 0).unneededBytes == 0)
    #expect(try store.verify(LargeFixture.digest(b)))
  }

  @Test("contents that are put and erased at once are whole or gone")
  func crowd() async throws {
    let contents = (0..<4).map { content(UInt64($0) + 10) }
    let stores = (0..<3).map { _ in fixture.store(packBytes: 300_000) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for round in 0..<2 {
        group.addTask {
          for bytes in contents { try stores[round].put(bytes) }
        }
      }
      group.addTask {
        for _ in 0..<4 {
          do { try stores[2].collect(grace: 0, patience: 0.2) } catch LargeFailure.busy {}
        }
      }
      try await group.waitForAll()
    }
    try store.collect(grace: 0)
    for bytes in contents { #expect(try store.bytes(of: LargeFixture.digest(bytes)) == bytes) }
    for bytes in contents.dropFirst() { try store.erase(LargeFixture.digest(bytes)) }
    #expect(try store.bytes(of: LargeFixture.digest(contents[0])) == contents[0])
    #expect(try store.planCollection(grace: 0).unneededBytes == 0)
  }
}
