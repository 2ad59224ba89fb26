import FieldbookModel
import Foundation

/// A moment that a person typed: RFC 3339, or a day, which begins at midnight UTC.
package enum Moment {
  package static func read(_ text: String) throws(InvalidInput) -> Timestamp {
    let styles: [Date.ISO8601FormatStyle] = [
      .init(includingFractionalSeconds: true), .init(includingFractionalSeconds: false),
      .init().year().month().day(),
    ]
    for style in styles {
      guard let date = try? style.parse(text) else { continue }
      return Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
    throw InvalidInput("'\(text)' is not a moment", hint: "give one like 2026-11-20T18:00:00Z")
  }
}
