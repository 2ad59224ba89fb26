import FieldbookModel

/// Percent coding of paths and queries. Strict: a broken escape or invalid UTF-8 is an error.
package enum PercentCoding {
  package static func decodePath(_ text: some StringProtocol) throws(MLflowError) -> String {
    try decode(text, plusIsSpace: false)
  }

  package static func decodeQuery(
    _ text: some StringProtocol
  ) throws(MLflowError) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    for part in text.split(separator: "&") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try decode(sides[0], plusIsSpace: true)
      fields.append((name, sides.count == 2 ? try decode(sides[1], plusIsSpace: true) : ""))
    }
    return fields
  }

  /// Decoded again and again until nothing changes, as whoever hides `..` in a path expects nobody to do. What is no
  /// escape stands for itself.
  ///
  /// - Returns: nil for what is wrapped more than ten times.
  package static func unwrapped(_ text: String, plusIsSpace: Bool = false) -> String? {
    var text = text
    for _ in 0..<10 {
      let next = leniently(text, plusIsSpace: plusIsSpace)
      if next == text { return text }
      text = next
    }
    return nil
  }

  private static func leniently(_ text: String, plusIsSpace: Bool) -> String {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count, let high = Hex.nibble(bytes[at + 1]),
        let low = Hex.nibble(bytes[at + 2])
      {
        out.append(high << 4 | low)
        at += 3
      } else {
        out.append(plusIsSpace && bytes[at] == UInt8(ascii: "+") ? 32 : bytes[at])
        at += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// For a header's `filename*`: everything but letters, digits and `-._~` is escaped.
  package static func encode(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      default: out += "%" + Hex.encode([byte]).uppercased()
      }
    }
    return out
  }

  private static func decode(
    _ text: some StringProtocol, plusIsSpace: Bool
  ) throws(MLflowError) -> String {
    let failure = MLflowError(.badRequest, "The address has a broken percent escape.")
    var out: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = bytes.next().flatMap(Hex.nibble),
          let low = bytes.next().flatMap(Hex.nibble)
        else { throw failure }
        out.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: out.append(32)
      default: out.append(byte)
      }
    }
    guard let decoded = String(validating: out, as: UTF8.self) else { throw failure }
    return decoded
  }
}
