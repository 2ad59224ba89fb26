import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

/// What an earlier build wrote is read by this one, and this one cuts as it did. Fixtures/large has a folder for each format; with
/// FIELDBOOK_GOLDEN=write the newest is written anew, until 0.1.
@Suite("Golden files of the chunk store")
struct LargeGoldenTests {
  private static let present = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Fixtures/large/1").standardized.path

  /// Parts for every codec: text, noise, numbers of two and of four bytes.
  private static let content: [UInt8] = {
    let noise = LargeFixture.noise(110_000, seed: 11)
    let text = Array("what was written is read, on and on. ".utf8)
    let pairs = noise.indices.map { $0 % 2 == 0 ? noise[$0] : 0x3c + noise[$0] & 1 }
    let fours = noise.indices.map { $0 % 4 == 3 ? 0x3c + noise[$0] & 1 : noise[$0] }
    return (0..<2000).flatMap { _ in text } + noise + pairs + fours
  }()

  @Test("packs, index and recipe of format 1 are read")
  func read() throws {
    let manager = FileManager.default
    if ProcessInfo.processInfo.environment["FIELDBOOK_GOLDEN"] == "write" { try Self.write() }
    let fixture = try LargeFixture()
    try manager.copyItem(atPath: Self.present, toPath: fixture.path + "/large")
    let store = fixture.store()
    let digest = LargeFixture.digest(Self.content)
    #expect(try store.all() == [digest])
    #expect(try store.bytes(of: digest) == Self.content)
    #expect(try store.index().isMerged && store.index().loosePacks == 0)
    try store.rebuildIndex()
    #expect(try store.verify(digest))
    let packs = try fixture.files("large/packs")
    let recipe = try #require(try store.recipe(of: digest))
    try manager.removeItem(atPath: store.folder.recipe(digest))
    try store.put(Self.content)
    #expect(try store.recipe(of: digest) == recipe, "it is cut as it was")
    #expect(try fixture.files("large/packs") == packs)
    let codecs = try (0..<recipe.count).map {
      try #require(try store.frame(of: recipe[$0].digest))[4]
    }
    #expect(Set(codecs) == [0, 1, 2, 3])
  }

  private static func write() throws {
    try? FileManager.default.removeItem(atPath: present)
    let fixture = try LargeFixture()
    let store = fixture.store(packBytes: 1)
    try store.put(content)
    // Two packs and more become one file of the index.
    _ = store.mergeIndex(try store.freshIndex())
    for folder in ["packs", "recipes", "index"] {
      for file in try fixture.files("large/" + folder) {
        let place = present + "/" + folder + "/" + (file as NSString).lastPathComponent
        try FileManager.default.createDirectory(
          atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: file, toPath: place)
        chmod(place, 0o644)
      }
    }
  }
}
