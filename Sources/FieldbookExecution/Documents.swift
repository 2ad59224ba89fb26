import Foundation

/// The JSON that lies in snapshots and in fields.
enum Documents {
  /// As a person reads it and as `git diff` compares it: a line a value, in the order of names.
  static func pretty(_ value: some Encodable) -> [UInt8] {
    Array(data(value, [.prettyPrinted]) ?? Data("{}".utf8)) + Array("\n".utf8)
  }

  static func line(_ value: some Encodable) -> String {
    String(decoding: data(value, []) ?? Data("{}".utf8), as: UTF8.self)
  }

  private static func data(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) -> Data? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    return try? encoder.encode(value)
  }
}
