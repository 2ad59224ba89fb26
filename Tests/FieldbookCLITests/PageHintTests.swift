import Testing

@testable import FieldbookCLI

@Suite("What a list says of the rest")
struct PageHintTests {
  @Test("a short first page can be longer; every other goes on")
  func hints() {
    #expect(PageOptions.hint(nil, limit: 100, isFirst: true) == nil)
    #expect(
      PageOptions.hint("MTo2", limit: 100, isFirst: true)
        == "there are more: add --limit 1000, or go on with --page-token MTo2")
    for (limit, isFirst) in [(100, false), (1000, true), (Int.max, true)] {
      #expect(
        PageOptions.hint("MTo2", limit: limit, isFirst: isFirst)
          == "there are more: go on with --page-token MTo2")
    }
  }
}
