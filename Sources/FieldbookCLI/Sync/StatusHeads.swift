import Foundation

/// The `heads` of a `status --json`, read back.
package struct StatusHeads: Decodable {
  package struct Head: Decodable {
    package var log: String
    package var seq: UInt64
    package var hash: String
  }

  package var heads: [Head]

  /// Nil for anything else.
  package init?(json: String) {
    guard let read = try? JSONDecoder().decode(StatusHeads.self, from: Data(json.utf8)) else {
      return nil
    }
    self = read
  }
}
