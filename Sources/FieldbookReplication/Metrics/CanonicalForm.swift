import Crypto
import FieldbookModel

/// The plain form of a chunk that its name is the hash of.
///
/// It begins with a line of text that says what it is. For each series follow: the length of the
/// key in bytes, the key; the number of points; each step as the zigzag varint of its (wrapping)
/// difference from the step before, the first from 0; the timestamps alike; each value as eight
/// little-endian bytes. Lengths and numbers are varints. Nothing in it is a choice: it depends on
/// the set of points alone, and it is never to change.
enum CanonicalForm {
  static func digest(of columns: PointColumns) -> (digest: ContentDigest, byteCount: Int) {
    var sink = HashSink()
    sink.append(Array("fieldbook metric chunk 1\n".utf8))
    for series in columns.series {
      var head = ByteWriter()
      head.text(series.key)
      head.varint(UInt64(series.range.count))
      sink.append(head.bytes)
      columns.steps.withUnsafeBufferPointer { sink.appendDifferences($0[series.range]) }
      columns.timestamps.withUnsafeBufferPointer { sink.appendDifferences($0[series.range]) }
      columns.values.withUnsafeBufferPointer { sink.appendFixed($0[series.range]) }
    }
    return sink.finish()
  }
}

/// Hashes as it goes, so that the form need not exist as a whole.
private struct HashSink {
  private var hash = SHA256()
  private var byteCount = 0
  private var buffer = [UInt8](repeating: 0, count: capacity)

  private static let capacity = 16 * 1024
  private static let varintMax = 10

  mutating func append(_ bytes: [UInt8]) {
    hash.update(data: bytes)
    byteCount += bytes.count
  }

  mutating func appendDifferences(_ numbers: Slice<UnsafeBufferPointer<Int64>>) {
    let numbers = UnsafeBufferPointer(rebasing: numbers)
    var last: Int64 = 0
    var index = 0
    while index < numbers.count {
      let filled = buffer.withUnsafeMutableBufferPointer { buffer in
        var filled = 0
        while index < numbers.count, filled <= buffer.count - HashSink.varintMax {
          var rest = ZigZag.encode(numbers[index] &- last)
          while rest >= 0x80 {
            buffer[filled] = UInt8(truncatingIfNeeded: rest) | 0x80
            filled += 1
            rest >>= 7
          }
          buffer[filled] = UInt8(truncatingIfNeeded: rest)
          filled += 1
          last = numbers[index]
          index += 1
        }
        return filled
      }
      flush(filled)
    }
  }

  mutating func appendFixed(_ numbers: Slice<UnsafeBufferPointer<Int64>>) {
    let numbers = UnsafeBufferPointer(rebasing: numbers)
    #if _endian(little)
      hash.update(bufferPointer: UnsafeRawBufferPointer(numbers))
      byteCount += numbers.count * 8
    #else
      for number in numbers {
        withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) }
        byteCount += 8
      }
    #endif
  }

  private mutating func flush(_ filled: Int) {
    buffer.withUnsafeBytes {
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<filled]))
    }
    byteCount += filled
  }

  consuming func finish() -> (digest: ContentDigest, byteCount: Int) {
    guard let digest = ContentDigest(bytes: Array(hash.finalize())) else {
      preconditionFailure("SHA-256 has 32 bytes")
    }
    return (digest, byteCount)
  }
}
