import Foundation

/// The `heads` of a `status --json`, read back.
struct StatusHeads: Decodable {
  struct Head: Decodable {
    var log: String
    var seq: UInt64
    var hash: String
  }

  var heads: [Head]

  /// Nil for anything else.
  init?(json: String) {
    guard let read = try? JSONDecoder().decode(StatusHeads.self, from: Data(json.utf8)) else {
      return nil
    }
    self = read
  }
}
