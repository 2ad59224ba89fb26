import FieldbookModel
import FieldbookWorkspace
import Testing

@testable import FieldbookCLI

@Suite("Assessments in words")
struct AssessmentWordTests {
  private static let moment = Timestamp(milliseconds: 1_763_697_600_000)

  private func one(
    _ value: String, kind: Assessment.Kind = .feedback, trouble: Assessment.Trouble? = nil,
    source: (String, String?) = ("HUMAN", "ana"), rationale: String? = nil
  ) -> Assessment {
    Assessment(
      id: "a-1", name: "fits", kind: kind, value: value, trouble: trouble, sourceType: source.0,
      sourceID: source.1, createdTime: Self.moment, lastUpdateTime: Self.moment, span: nil,
      rationale: rationale, metadata: [:], overrides: nil)
  }

  @Test(
    "a value has no quotes and no braces",
    arguments: [
      (#""so so""#, "so so"), ("true", "true"), ("0.5", "0.5"), ("null", "(none)"),
      (#"["a", 1]"#, "a, 1"), (#"{"tone": 1, "of": {"a": [1, 2]}}"#, "tone=1, of=(a=[1, 2])"),
      ("no json", "no json"),
    ])
  func values(text: String, words: String) {
    #expect(one(text).finding.plain == words)
  }

  @Test("who says so, and why")
  func summaries() {
    #expect(one("true", rationale: "it does").summary.plain == "true, by ana: it does")
    #expect(one("1", source: ("LLM_JUDGE", "m")).summary.plain == "1, by judge m")
    #expect(one("1", source: ("CODE", nil)).summary.plain == "1, by code")
    #expect(one("{}", kind: .issue, source: ("HUMAN", nil)).summary.plain == "by someone")
    let trouble = Assessment.Trouble(code: "RATE", message: "too many", stackTrace: nil)
    #expect(one("null", trouble: trouble).summary.plain == "failed: too many, by ana")
  }

  @Test("conflicts and history name it by its kind and name, and offer no value to be typed")
  func conflicts() throws {
    let field = FieldName("assessments.a-1")
    let sides = [("a", one("true")), ("b", one("false", rationale: "the date is wrong"))]
    let conflict = Conflict(
      id: "4be1", kind: .value, isBlocking: false,
      entity: EntityReference(kind: .trace, key: EntityKey(high: 1, low: 2), name: "ask"),
      field: field, base: nil, shown: try AssessmentCoding.encode(sides[0].1),
      sides: try sides.map { letter, assessment in
        ConflictSide(
          letter: letter, value: try AssessmentCoding.encode(assessment), author: "ana",
          device: letter, isMine: letter == "a", time: Self.moment, isSuspect: false, op: letter)
      })
    #expect(conflict.fieldWords == "feedback fits")
    var sheet = Sheet(now: Self.moment, width: 100)
    ConflictList(conflicts: [conflict]).lay(on: &sheet)
    ConflictDocument(conflict: conflict, merge: nil).lay(on: &sheet)
    let text = sheet.rendered(inColour: false)
    #expect(text.contains("false, by ana: the date is wrong"))
    #expect(text.contains("shown until decided: true, by ana"))
    #expect(!text.contains("{"))
    #expect(!text.contains("--value"))
    #expect(!ReviewMenu(conflict, merge: nil).keys.contains("e"))
  }
}
