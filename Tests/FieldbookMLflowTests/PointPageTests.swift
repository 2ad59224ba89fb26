import FieldbookModel
import FieldbookTestSupport
import Testing

@testable import FieldbookMLflow

@Suite("Answers with many points")
struct PointPageTests {
  private static let values: [Double] = [
    0, -0.0, 1, 0.1, 1e300, .leastNonzeroMagnitude, .nan, .infinity, -.infinity,
  ]

  private func page(_ generator: inout SeededGenerator) -> PointPage {
    let parts = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      let count = Int.random(in: 0...40, using: &generator)
      let points = (0..<count).map { _ in
        MetricPoint(
          step: Int64.random(in: .min ... .max, using: &generator),
          timestamp: Int64.random(in: .min ... .max, using: &generator),
          value: PointPageTests.values.randomElement(using: &generator)!)
      }
      return PointPage.Part(
        key: ["loss", "a \"b\"", "größe", "\u{1}\\"].randomElement(using: &generator)!,
        run: generator.chance(50) ? RunID(EntityKey(high: 7, low: UInt64(count))) : nil,
        points: points.dropFirst(min(count, 2)))
    }
    return PointPage(
      parts: parts, nextPageToken: generator.chance(50) ? "offset:\"7\"" : nil,
      isListedWhenEmpty: generator.chance(50))
  }

  @Test("they are the document that the same points make as a whole, in whatever pieces")
  func pieces() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let page = page(&generator)
      let items = page.parts.flatMap { part in
        part.points.map { $0.answer(key: part.key, run: part.run) }
      }
      let whole = JSON.object([
        "metrics": page.isListedWhenEmpty ? .array(items) : .list(items),
        "next_page_token": .text(page.nextPageToken),
      ]).utf8
      #expect(page.utf8 == whole)
      let longest = Int.random(in: 1...2000, using: &generator)
      var pieces = PointPieces(page, longest: longest)
      var joined: [UInt8] = []
      while let piece = pieces.next() {
        #expect(piece.count <= longest + 300)
        joined += piece
      }
      #expect(joined == whole)
    }
  }
}
