import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookRepository

@Suite("Recipes")
struct RecipeTests {
  private func recipe(_ lengths: [Int]) -> Recipe {
    var draft = Recipe.Draft()
    for (index, length) in lengths.enumerated() {
      draft.add(LargeFixture.digest([UInt8(index)]), byteCount: length)
    }
    return draft.finish(LargeFixture.digest([]))
  }

  @Test("what was written is read", arguments: [[], [1], [16384, 262144, 5]])
  func roundTrip(lengths: [Int]) throws {
    let recipe = recipe(lengths)
    #expect(try Recipe(encoded: recipe.encoded) == recipe)
    #expect(recipe.size == Int64(lengths.reduce(0, +)) && recipe.count == lengths.count)
    #expect(recipe.encoded.count <= Recipe.bytesMax(ofContent: recipe.size))
  }

  @Test("one that was cut or altered anywhere is refused")
  func damage() {
    let bytes = recipe([20000, 17]).encoded
    for cut in bytes.cuts {
      #expect(throws: LargeFailure.self) { try Recipe(encoded: Array(cut)) }
    }
    for altered in bytes.alterations(4) {
      #expect(throws: LargeFailure.self) { try Recipe(encoded: altered) }
    }
  }

  @Test(
    "lengths that no chunk has are refused",
    arguments: [[0], [262145], [16383, 5], [Int(UInt32.max)]])
  func lengths(lengths: [Int]) {
    #expect(throws: LargeFailure.self) { try Recipe(encoded: self.recipe(lengths).encoded) }
  }
}
