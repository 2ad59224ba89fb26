import FieldbookTestSupport

/// Changes that break decoders, for where no libFuzzer is at hand.
package enum Mutation {
  /// One to three changes of bytes; `other` is what pieces are taken from.
  package static func of(
    _ bytes: [UInt8], with other: [UInt8], maxBytes: Int, _ generator: inout SeededGenerator
  ) -> [UInt8] {
    var out = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      change(&out, with: other, &generator)
    }
    return Array(out.prefix(maxBytes))
  }

  /// Numbers at the ends of what fits, as varints and as fixed bytes.
  private static let extremes: [[UInt8]] = [
    [0], [0x7f], [0xff, 0x01], [0x80, 0x00], [0xff, 0xff, 0xff, 0xff, 0x0f],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [UInt8](repeating: 0xff, count: 8), [UInt8](repeating: 0, count: 7) + [0x80],
    Array("-9223372036854775808".utf8), Array("1e999".utf8), Array("\u{1e}".utf8),
  ]

  private static func change(
    _ bytes: inout [UInt8], with other: [UInt8], _ generator: inout SeededGenerator
  ) {
    let place = Int.random(in: 0...bytes.count, using: &generator)
    let end = Int.random(in: place...min(bytes.count, place + 16), using: &generator)
    switch Int.random(in: 0..<7, using: &generator) {
    case 0 where place < bytes.count:
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes.removeSubrange(place...)
    case 3: bytes.removeSubrange(place..<end)
    case 4:
      let piece = Array(bytes[place..<end])
      let count = Int.random(in: 1...8, using: &generator)
      bytes.insert(contentsOf: (0..<count).flatMap { _ in piece }, at: place)
    case 5:
      let start = Int.random(in: 0...other.count, using: &generator)
      bytes.replaceSubrange(place..<end, with: other[start...].prefix(32))
    default:
      bytes.replaceSubrange(place..<end, with: extremes.randomElement(using: &generator)!)
    }
  }
}
