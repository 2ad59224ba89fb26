import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@testable import FieldbookSync

@Suite("Golden words") struct GoldenWordsTests {
  /// The ops of the present level's golden history that this program understands.
  private func ops() throws -> [Operation<Dot>] {
    let files = try TemporaryFolder()
    let reader = try GoldenFolder.vocabulary.reader(in: files)
    _ = try BundleFile.apply(GoldenFolder.vocabulary.bundle, to: reader)
    let segments = try reader.segments(notIn: [], maxBytes: .max, after: nil).segments
    return try segments.flatMap { try Segment(encoded: $0.bytes).body().ops }
      .map { op in op.mapReferences { Dot(chain: Int64($0.anchor) + 1, number: $0.number) } }
      .filter(\.isUnderstood)
  }

  @Test("every kind of op that this level knows has a golden one") func kinds() throws {
    let ops = try ops()
    let golden = Set(ops.map(\.kind))
    // A kind is known if it makes something, or if any op that stands here could be one of it.
    let examples = Dictionary(ops.map { ($0.kind, $0) }) { first, _ in first }.values
    let known = (0...UInt16.max).map(OperationKind.init).filter { kind in
      kind.createdKind != nil
        || examples.contains { example in
          var op = example
          op.kind = kind
          return op.isUnderstood
        }
    }
    #expect(known.filter { !golden.contains($0) }.map(\.rawValue) == [])
    #expect(known.count >= 14)
  }

  @Test("every field and every family of fields has a golden one, and so has every type of value")
  func fields() throws {
    let cells = try ops().flatMap(\.cells)
    let words = Set(cells.compactMap(\.field.word))
    let families = Set(cells.compactMap(\.field.family))
    #expect(FieldWord.allCases.filter { !words.contains($0) } == [])
    // Of `metrics.…` and of what is unknown nothing is ever understood.
    #expect(
      FieldFamily.allCases.filter { ![.metrics, .other].contains($0) && !families.contains($0) }
        == [])
    for field: FieldName in [.purged, .purgedContent, .purgedSeries, .reason, .subject] {
      #expect(cells.contains { $0.field == field }, "\(field)")
    }
    let values = cells.filter { !$0.isWithheld }.map(\.value)
    #expect(values.contains { $0 == nil } && values.contains { $0?.isNull == true })
    #expect(values.contains { $0?.text != nil } && values.contains { $0?.integer != nil })
    #expect(values.contains { $0?.bytes != nil } && cells.contains(where: \.isWithheld))
  }
}
