import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("Chunks from a peer")
struct LargeReceivingTests {
  private let bytes = LargeFixture.noise(1_500_000, seed: 1)
  let (here, there): (LargeFixture, LargeFixture)
  let recipe: Recipe

  init() throws {
    (here, there) = (try LargeFixture(), try LargeFixture())
    let digest = try there.store().put(bytes)
    recipe = try #require(try there.store().recipe(of: digest))
  }

  private func frames() throws -> [[UInt8]] {
    try (0..<recipe.count).map { try #require(try there.store().frame(of: recipe[$0].digest)) }
  }

  @Test("they come in any order, and again, and from process to process")
  func resumed() throws {
    var frames = try frames()
    var generator = SeededGenerator(seed: 3)
    frames.shuffle(using: &generator)
    let store = here.store()
    #expect(try store.missingChunks(of: recipe).count == recipe.count)
    let intake = try store.intake()
    for frame in frames.prefix(8) + frames.prefix(3) { try intake.add(frame) }
    #expect(throws: LargeFailure.self) { try store.finish(recipe) }
    try intake.flush()
    let other = here.store()
    #expect(try other.missingChunks(of: recipe).count == recipe.count - 8)
    #expect(!other.contains(recipe.content))
    let rest = try other.intake()
    for frame in frames.dropFirst(8) { try rest.add(frame) }
    try rest.flush()
    #expect(try other.missingChunks(of: recipe) == [])
    try other.finish(Recipe(encoded: recipe.encoded))
    #expect(try store.bytes(of: recipe.content) == bytes)
  }

  @Test("one that was altered is refused, and the others stay")
  func altered() throws {
    let store = here.store()
    let intake = try store.intake()
    for frame in try frames() {
      var bad = frame
      bad[frame.count - 1] ^= 4
      #expect(throws: LargeFailure.badFrame) { try intake.add(bad) }
      try intake.add(frame)
    }
    try intake.flush()
    try store.finish(recipe)
    #expect(try store.verify(recipe.content))
  }

  @Test("a recipe that does not make what it says is refused")
  func lying() throws {
    let store = here.store()
    let intake = try store.intake()
    for frame in try frames() { try intake.add(frame) }
    try intake.flush()
    var draft = Recipe.Draft()
    for index in (0..<recipe.count).reversed() {
      draft.add(recipe[index].digest, byteCount: recipe[index].byteCount)
    }
    let swapped = draft.finish(recipe.content)
    #expect(throws: ContentFailure.altered(recipe.content)) { try store.finish(swapped) }
    var longer = Recipe.Draft()
    longer.add(recipe[0].digest, byteCount: recipe[0].byteCount + 1)
    #expect(throws: LargeFailure.self) { try store.finish(longer.finish(recipe.content)) }
    #expect(!store.contains(recipe.content))
    #expect(try here.files("large/damaged") == [], "no chunk is called damaged for it")
    try store.finish(recipe)
    #expect(store.contains(recipe.content))
  }
}
