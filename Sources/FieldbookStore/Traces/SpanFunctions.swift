import FieldbookModel
import FieldbookReplication
import Foundation
import GRDB
import Synchronization

/// What searches over traces ask SQLite for beyond its own: the words of a span that lies packed, and patterns.
enum SpanFunctions {
  static func add(to db: Database) {
    db.add(
      function: DatabaseFunction("span_text", argumentCount: 2, pure: true) { values in
        guard let bytes = Data.fromDatabaseValue(values[0]),
          let place = Int.fromDatabaseValue(values[1])
        else { return nil }
        return text(Array(bytes), place)
      })
    db.add(
      function: DatabaseFunction("text_matches", argumentCount: 2, pure: true) { values in
        guard let pattern = String.fromDatabaseValue(values[0]),
          let text = String.fromDatabaseValue(values[1])
        else { return nil }
        return try SearchPattern.matches(text, pattern)
      })
  }

  /// The spans of one value follow each other.
  private static let last = Mutex<(bytes: [UInt8], chunk: SpanChunk)?>(nil)

  private static func text(_ bytes: [UInt8], _ place: Int) -> String? {
    let known = last.withLock { $0.flatMap { $0.bytes == bytes ? $0.chunk : nil } }
    guard let chunk = known ?? (try? SpanChunk(encoded: bytes)) else { return nil }
    if known == nil { last.withLock { $0 = (bytes, chunk) } }
    guard chunk.entries.indices.contains(place) else { return nil }
    return (try? TraceSpan(protobuf: chunk.entries[place].span[...]))?.searchText
  }
}
