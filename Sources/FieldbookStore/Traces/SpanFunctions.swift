import FieldbookModel
import FieldbookReplication
import Foundation
import GRDB
import Synchronization

/// What is asked of traces in SQL beyond SQLite's own: the words and attributes of a span that lies packed, patterns,
/// and percentiles.
enum SpanFunctions {
  static func add(to db: Database) {
    db.add(
      function: DatabaseFunction("span_holds", argumentCount: 3, pure: true) { values in
        guard let bytes = Data.fromDatabaseValue(values[0]),
          let literal = String.fromDatabaseValue(values[1]),
          let folds = Bool.fromDatabaseValue(values[2])
        else { return nil }
        return last.withLock { $0.holds(SpanLiteral(told: literal, folds: folds), in: bytes) }
      })
    db.add(
      function: DatabaseFunction("span_text", argumentCount: 2, pure: true) { values in
        guard let bytes = Data.fromDatabaseValue(values[0]),
          let place = Int.fromDatabaseValue(values[1])
        else { return nil }
        return last.withLock { $0.text(place, of: bytes) }
      })
    db.add(
      function: DatabaseFunction("span_attribute", argumentCount: 3, pure: true) { values in
        guard let bytes = Data.fromDatabaseValue(values[0]),
          let place = Int.fromDatabaseValue(values[1]),
          let key = String.fromDatabaseValue(values[2])
        else { return nil }
        let span = last.withLock { $0.span(place, of: bytes) }
        return span?.unpacked(key)?.text.map { String($0.prefix(attributeCharacters)) }
      })
    db.add(function: Percentile.function)
    db.add(
      function: DatabaseFunction("text_matches", argumentCount: 2, pure: true) { values in
        guard let pattern = String.fromDatabaseValue(values[0]),
          let text = String.fromDatabaseValue(values[1])
        else { return nil }
        return try SearchPattern.matches(text, pattern)
      })
  }

  /// MLflow's `MODEL_DIMENSION_MAX_LENGTH`.
  private static let attributeCharacters = 500

  /// SQL of an attribute of the span `s` if it is a text. The key is one of ours.
  static func attribute(_ key: String) -> String {
    packed("span_attribute(m.value, s.place, '\(key)')")
  }

  /// SQL of what the span `s` says, within `packed`.
  static let text = "span_text(m.value, s.place)"

  /// SQL of something of the value `m` in which the span `s` lies.
  static func packed(_ call: String) -> String {
    """
    (SELECT \(call) FROM member m
      WHERE m.entity = s.trace AND m.field = (SELECT id FROM field WHERE name = 'spans') AND m.dot = s.dot)
    """
  }

  /// The spans of one value follow each other.
  private static let last = Mutex(OpenSpans())
}
