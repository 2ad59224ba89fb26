import FieldbookModel
import Testing

@testable import FieldbookCLI

@Suite("Which conflicts a rule is for")
struct ConflictFilterTests {
  private static let verdict = Samples.conflict(
    kind: .value, field: "tags.verdict", entity: "baseline", devices: ["ana-laptop", "bo-laptop"])
  private static let champion = Samples.conflict(
    kind: .alias, field: "aliases.champion", entity: "churn", entityKind: .model, isBlocking: true,
    devices: ["ana-laptop", "cy-laptop"])

  @Test(
    "conditions",
    arguments: [
      ("kind = value", true, false),
      ("kind = 'alias'", false, true),
      ("kind != alias", true, false),
      ("field=tags.verdict", true, false),
      ("field LIKE 'tags.%'", true, false),
      ("field like \"%.c_ampion\"", false, true),
      ("field LIKE '%'", true, true),
      ("field LIKE 'tags'", false, false),
      ("kind=value and field=tags.verdict AND entity=baseline", true, false),
      ("kind=value and entity=churn", false, false),
      ("device = bo-laptop", true, false),
      ("device = ana-laptop", true, true),
      ("blocking = true", false, true),
      ("type = model", false, true),
      ("entity = '00000000000000000000000000000007'", true, false),
    ])
  func conditions(_ text: String, _ verdict: Bool, _ champion: Bool) throws {
    let filter = try ConflictFilter(text)
    #expect(filter.admits(Self.verdict) == verdict)
    #expect(filter.admits(Self.champion) == champion)
  }

  @Test(
    "what cannot be read is refused",
    arguments: [
      "", "kind", "kind =", "kind = = value", "= value", "colour = red", "kind > value",
      "kind = value field = x", "kind = value and", "kind = value or kind = alias", "kind = 'value",
      "! kind",
    ])
  func refusals(_ text: String) {
    #expect(throws: InvalidInput.self) { try ConflictFilter(text) }
  }

  @Test("the newest side is the last written, by a clock that is not suspect")
  func newest() {
    var conflict = Self.verdict
    #expect(conflict.newestSide.letter == "b")
    conflict.sides[1].isSuspect = true
    #expect(conflict.newestSide.letter == "a")
  }
}
