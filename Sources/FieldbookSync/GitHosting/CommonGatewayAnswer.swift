import FieldbookModel

/// The head of what a CGI program answers: `Status: 404 Not Found`, fields, an empty line. Source: RFC 3875, 6.
package struct CommonGatewayAnswer: Equatable, Sendable {
  package var status = 200
  package var fields: [String: String] = [:]
  /// What came with the head of what follows it.
  package var rest: [UInt8] = []

  package static let headMax = 16 << 10

  /// Nil as long as the head is not whole, or if it is none: then with `headMax` bytes at the latest.
  package init?(_ bytes: [UInt8]) {
    guard let end = CommonGatewayAnswer.end(of: bytes) else { return nil }
    let head = String(decoding: bytes[..<end], as: UTF8.self)
    for line in head.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...].trimmingPrefix { $0 == " " }
      if name == "status" {
        guard let number = Int(value.prefix(3)), (200..<600).contains(number) else { return nil }
        status = number
      } else {
        fields[name] = String(value)
      }
    }
    rest = Array(bytes[end...])
  }

  private static func end(of bytes: [UInt8]) -> Int? {
    let newline = UInt8(ascii: "\n")
    var last: Int?
    for (place, byte) in bytes.prefix(headMax).enumerated() where byte == newline {
      if let last, bytes[(last + 1)..<place].allSatisfy({ $0 == UInt8(ascii: "\r") }) {
        return place + 1
      }
      last = place
    }
    return nil
  }
}
