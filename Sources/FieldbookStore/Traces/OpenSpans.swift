import FieldbookModel
import FieldbookReplication
import Foundation

/// The last value of spans that was asked for, read as far as it was asked for: rows that ask for the same one follow each other.
struct OpenSpans {
  private var packed = Data()
  private var content: [UInt8]?
  private var chunk: SpanChunk?
  private var isRead = false
  private var held: (literal: SpanLiteral, answer: Bool)?
  private var said: (place: Int, text: String?)?

  /// False if none of its spans says the literal. One that does not read says nothing.
  mutating func holds(_ literal: SpanLiteral, in packed: Data) -> Bool {
    open(packed)
    if let held, held.literal == literal { return held.answer }
    let answer = content.map(literal.isIn) ?? false
    held = (literal, answer)
    return answer
  }

  /// What a span says, for filters.
  mutating func text(_ place: Int, of packed: Data) -> String? {
    open(packed)
    if let said, said.place == place { return said.text }
    let text = span(place, of: packed)?.searchText
    said = (place, text)
    return text
  }

  mutating func span(_ place: Int, of packed: Data) -> TraceSpan? {
    open(packed)
    if !isRead {
      chunk = content.flatMap { try? SpanChunk(unpacked: $0) }
      isRead = true
    }
    guard let chunk, chunk.entries.indices.contains(place) else { return nil }
    return try? TraceSpan(protobuf: chunk.entries[place].span[...])
  }

  private mutating func open(_ packed: Data) {
    guard packed != self.packed else { return }
    self = OpenSpans()
    self.packed = packed
    content = try? SpanChunk.unpack(Array(packed))
  }
}
