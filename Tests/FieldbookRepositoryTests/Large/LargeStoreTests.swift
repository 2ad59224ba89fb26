import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("The chunk store")
struct LargeStoreTests {
  let fixture: LargeFixture
  let store: LargeStore

  init() throws {
    fixture = try LargeFixture()
    store = fixture.store()
  }

  private var packedBytes: Int {
    get throws {
      try fixture.files("large/packs").reduce(0) {
        $0 + (try FileManager.default.attributesOfItem(atPath: $1)[.size] as? Int ?? 0)
      }
    }
  }

  @Test(
    "what is put is read, from a file and from a stream",
    arguments: [
      0, 1, ChunkLimits.minBytes, ChunkLimits.maxBytes, ChunkLimits.maxBytes + 1, 1 << 20,
      9_000_001,
    ])
  func putAndGet(count: Int) throws {
    let bytes = LargeFixture.noise(count, seed: UInt64(count))
    let file = fixture.path + "/source"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    #expect(!store.contains(LargeFixture.digest(bytes)))
    let (digest, size) = try store.put(file: file)
    #expect(digest == LargeFixture.digest(bytes) && size == Int64(count))
    #expect(try store.bytes(of: digest) == bytes)
    #expect(store.contains(digest))
    #expect(try store.verify(digest))
    #expect(store.size(of: digest) == Int64(count))
    let packs = try fixture.files("large/packs")
    #expect(try store.put(bytes) == digest)
    #expect(try fixture.files("large/packs") == packs, "nothing is stored twice")
    #expect(try store.all() == [digest])
    #expect(try fixture.files("tmp").isEmpty)
  }

  @Test("all chunks of one greatest length are one chunk")
  func zeros() throws {
    let bytes = [UInt8](repeating: 0, count: ChunkLimits.maxBytes * 40)
    let digest = try store.put(bytes)
    #expect(try store.bytes(of: digest) == bytes)
    #expect(try packedBytes < 2000)
  }

  @Test("a changed content shares what did not change")
  func dedupe() throws {
    var bytes = LargeFixture.noise(4_000_000, seed: 4)
    let first = try store.put(bytes)
    let before = try packedBytes
    bytes.insert(contentsOf: [1, 2, 3], at: 5)
    bytes.replaceSubrange(2_000_000..<2_040_000, with: LargeFixture.noise(40_000, seed: 5))
    let second = try store.put(bytes)
    #expect(try packedBytes - before < 800_000)
    #expect(try store.bytes(of: second) == bytes)
    #expect(try store.verify(first))
  }

  @Test("any range is read")
  func ranges() throws {
    let bytes = LargeFixture.noise(1_500_000, seed: 6)
    let digest = try store.put(bytes)
    var generator = SeededGenerator(seed: 7)
    var ranges: [Range<Int>] = [0..<0, 0..<1, 1_499_999..<1_500_000, 1_500_000..<1_500_000]
    for end in ChunkCutter.ends(in: bytes).dropLast().prefix(4) { ranges.append(end - 1..<end + 1) }
    for _ in 0..<20 {
      let start = Int.random(in: 0..<bytes.count, using: &generator)
      ranges.append(start..<Int.random(in: start...bytes.count, using: &generator))
    }
    for range in ranges {
      let asked = Int64(range.lowerBound)..<Int64(range.upperBound)
      #expect(try store.bytes(of: digest, asked) == Array(bytes[range]))
    }
    #expect(throws: LargeFailure.badRange(size: 1_500_000)) {
      try store.reader(of: digest, range: 0..<1_500_001)
    }
    #expect(throws: LargeFailure.badRange(size: 1_500_000)) {
      try store.reader(of: digest, range: -1..<5)
    }
  }

  @Test("what is not here, or cannot be read, is said; nothing is left behind")
  func refusals() throws {
    let nothing = LargeFixture.digest([1])
    #expect(throws: LargeFailure.notHere(nothing)) { try store.reader(of: nothing) }
    #expect(try !store.verify(nothing))
    #expect(throws: ContentFailure.self) { try store.put(file: fixture.path + "/missing") }
    #expect(throws: ContentFailure.self) { try store.put(file: fixture.path) }
    let bytes = LargeFixture.noise(300_000, seed: 1)
    let file = fixture.path + "/source"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    #expect(throws: ContentFailure.altered(nothing)) {
      try store.put(file: file, expecting: nothing)
    }
    #expect(!store.contains(nothing) && !store.contains(LargeFixture.digest(bytes)))
    #expect(try fixture.files("tmp").isEmpty)
  }

  @Test("a source that fails half way leaves no content")
  func failingSource() throws {
    let bytes = LargeFixture.noise(9_000_000, seed: 9)
    var position = 0
    #expect(throws: TestFailure.self) {
      try store.put { room in
        guard position < 8_500_000 else { throw TestFailure("the network is gone") }
        let count = min(room.count, 1 << 20)
        room.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
      }
    }
    #expect(try store.all().isEmpty)
    #expect(try fixture.files("tmp").isEmpty)
    let digest = try store.put(bytes)
    #expect(try store.verify(digest))
  }

  // MARK: Several

  @Test("another process sees what one put, and both can put at once")
  func several() async throws {
    let shared = LargeFixture.noise(600_000, seed: 1)
    let contents = (0..<6).map { LargeFixture.noise(300_000, seed: UInt64($0) + 50) + shared }
    let stores = [fixture.store(packBytes: 200_000), fixture.store(packBytes: 300_000)]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, bytes) in contents.enumerated() {
        group.addTask { _ = try stores[index % 2].put(bytes) }
      }
      try await group.waitForAll()
    }
    for bytes in contents {
      for store in stores + [store] {
        #expect(try store.bytes(of: LargeFixture.digest(bytes)) == bytes)
      }
    }
  }

  @Test("hundreds of packs are found through a few index files, which can go at any time")
  func index() throws {
    let small = fixture.store(packBytes: 1)
    var contents: [ContentDigest] = []
    for seed in 0..<60 {
      contents.append(try small.put(LargeFixture.noise(60_000, seed: UInt64(seed))))
    }
    #expect(try fixture.files("large/packs").count >= 60)
    let indexes = try fixture.files("large/index")
    #expect((1...8).contains(indexes.count), "\(indexes.count)")
    #expect(try small.index().parts.count < 20)
    for content in contents { #expect(try fixture.store().verify(content)) }
    for path in indexes { try FileManager.default.removeItem(atPath: path) }
    let after = fixture.store()
    for content in contents { #expect(try after.verify(content)) }
    #expect(try fixture.files("large/index").count == 1, "it was made again")
  }
}
