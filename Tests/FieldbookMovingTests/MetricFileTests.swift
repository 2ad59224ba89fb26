import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookMoving

@Suite("Metrics of a file store")
struct MetricFileTests {
  private func points(_ text: String) throws -> [MetricPoint] {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/loss"))
    var points: [MetricPoint] = []
    try MetricFile.read(folder.path + "/loss") { points += $0 }
    return points
  }

  @Test("lines of two, three and five fields, NaN and infinities")
  func lines() throws {
    let found = try points("7 0.5\n8 nan 1\n9 -inf 2\n10 1e-3 3 data 30a\n")
    #expect(found.map(\.step) == [0, 1, 2, 3])
    #expect(found.map(\.timestamp) == [7, 8, 9, 10])
    #expect(found[0].value == 0.5 && found[1].value.isNaN)
    #expect(found[2].value == -.infinity && found[3].value == 0.001)
  }

  @Test("a line that is no point is said, with its number")
  func damage() throws {
    #expect(throws: MovingFailure.self) { try points("7 0.5 0\n7 x 1\n") }
    #expect(throws: MovingFailure.self) { try points("7 0.5 0 1\n") }
  }
}
