import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("A chunk store whose files are damaged")
struct LargeDamageTests {
  private static let bytes = LargeFixture.noise(700_000, seed: 1)
  private static let digest = LargeFixture.digest(bytes)

  private func alter(_ path: String, at offset: Int, to change: (UInt8) -> UInt8 = { $0 ^ 1 })
    throws
  {
    chmod(path, 0o600)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.seek(toOffset: UInt64(offset))
    let byte = try #require(try file.read(upToCount: 1)?.first)
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: Data([change(byte)]))
    try file.close()
  }

  private func size(_ path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  /// Reads it, and expects it right, or named and counted as not here; the same bytes mend it.
  private func expectHealing(_ fixture: LargeFixture, _ what: String) throws {
    let store = fixture.store()
    do {
      #expect(try store.bytes(of: Self.digest) == Self.bytes, "\(what)")
    } catch let failure as LargeFailure {
      #expect(!failure.hint.isEmpty)
      #expect(!store.contains(Self.digest), "\(what)")
      #expect(!fixture.store().contains(Self.digest), "\(what): in another process")
      #expect(try store.all() == [Self.digest], "\(what)")
    }
    #expect(try store.put(Self.bytes) == Self.digest)
    #expect(store.contains(Self.digest) && fixture.store().contains(Self.digest), "\(what)")
    #expect(try fixture.store().bytes(of: Self.digest) == Self.bytes, "\(what)")
    #expect(try store.missingChunks(of: #require(try store.recipe(of: Self.digest))) == [])
  }

  @Test("in any region of a pack")
  func packs() throws {
    for part in 0..<24 {
      let fixture = try LargeFixture()
      try fixture.store().put(Self.bytes)
      let pack = try fixture.files("large/packs")[0]
      let count = try size(pack)
      let offsets = [
        0, 6, 12, 16, 20, 24, 28, 35, 64, 70, count / 2, count - 1, count - 9, count - 12,
        count - 20,
        count - 30, count - 56, count - 57, count - 60, count - 80, count - 100, count - 300,
      ]
      if part < offsets.count {
        try alter(pack, at: offsets[part])
        try expectHealing(fixture, "byte \(offsets[part])")
      } else {
        chmod(pack, 0o600)
        truncate(pack, off_t(part == offsets.count ? count / 2 : 0))
        try expectHealing(fixture, "cut")
      }
    }
  }

  @Test("a pack that is gone, and one that is a folder")
  func gone() throws {
    for isFolder in [false, true] {
      let fixture = try LargeFixture()
      try fixture.store().put(Self.bytes)
      let pack = try fixture.files("large/packs")[0]
      try FileManager.default.removeItem(atPath: pack)
      if isFolder {
        try FileManager.default.createDirectory(atPath: pack, withIntermediateDirectories: true)
        #expect(throws: ContentFailure.self) { try fixture.store().bytes(of: Self.digest) }
        try FileManager.default.removeItem(atPath: pack)
      }
      try expectHealing(fixture, "gone")
    }
  }

  @Test("in a recipe")
  func recipes() throws {
    for offset in [0, 8, 40, 48, 56, 90, -1, -40] {
      let fixture = try LargeFixture()
      try fixture.store().put(Self.bytes)
      let path = try fixture.files("large/recipes")[0]
      try alter(path, at: offset < 0 ? size(path) + offset : offset)
      #expect(throws: LargeFailure.self) { try fixture.store().collect(grace: 0) }
      try expectHealing(fixture, "byte \(offset) of the recipe")
    }
  }

  @Test("in the index, which is made again")
  func index() throws {
    for part in 0..<12 {
      let fixture = try LargeFixture()
      let small = fixture.store(packBytes: 1)
      try small.put(Self.bytes)
      _ = try fixture.store().index()
      let path = try #require(try fixture.files("large/index").first)
      let count = try size(path)
      let offset = [0, 8, 12, 16, 24, 100, count - 1, count - 5, count - 9, count - 44, count / 2][
        min(part, 10)]
      if part == 11 { truncate(path, off_t(count / 2)) } else { try alter(path, at: offset) }
      let store = fixture.store()
      #expect(try store.bytes(of: Self.digest) == Self.bytes, "byte \(offset)")
      #expect(store.contains(Self.digest) && fixture.store().contains(Self.digest))
      #expect(try fixture.files("large/damaged") == [], "the packs are whole")
    }
  }

  @Test("only the chunk that is damaged is missing, and a peer's copy mends it")
  func oneChunk() throws {
    let (here, there) = (try LargeFixture(), try LargeFixture())
    let (store, peer) = (here.store(), there.store())
    for store in [store, peer] { try store.put(Self.bytes) }
    let pack = try here.files("large/packs")[0]
    try alter(pack, at: size(pack) / 2)
    #expect(try !store.verify(Self.digest))
    let recipe = try #require(try store.recipe(of: Self.digest))
    let missing = try store.missingChunks(of: recipe)
    #expect(missing.count == 1)
    #expect(throws: LargeFailure.altered(content: Self.digest, chunk: missing[0])) {
      try store.bytes(of: Self.digest)
    }
    #expect(try store.frame(of: missing[0]) == nil, "it is not sent")
    let intake = try store.intake()
    try intake.add(#require(try peer.frame(of: missing[0])))
    try intake.flush()
    try store.finish(recipe)
    #expect(store.contains(Self.digest))
    #expect(try store.verify(Self.digest))
    // What is damaged goes when its pack is rewritten or unneeded; what was mended stays.
    try store.collect(grace: 0)
    #expect(try store.verify(Self.digest))
  }

  @Test("a pack of a later version is left alone")
  func later() throws {
    let fixture = try LargeFixture()
    try fixture.store().put(Self.bytes)
    let pack = try fixture.files("large/packs")[0]
    try alter(pack, at: 6) { $0 + 1 }
    let store = fixture.store()
    #expect(throws: LargeFailure.self) { try store.bytes(of: Self.digest) }
    try store.erase(Self.digest)
    try store.collect(grace: 0)
    #expect(try fixture.files("large/packs") == [pack])
  }
}
