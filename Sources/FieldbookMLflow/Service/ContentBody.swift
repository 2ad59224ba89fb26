import FieldbookRepository
import Hummingbird
import NIOCore

/// A content on its way to a client, a piece at a time. If it turns out to be damaged the answer ends early, and the client sees
/// that it is shorter than was said.
enum ContentBody {
  static func make(_ content: ContentReader, _ tracker: Tracker) -> ResponseBody {
    let length = Int(content.range.upperBound - content.range.lowerBound)
    return ResponseBody(contentLength: length) { writer in
      while let piece = try await tracker.blocking({ try content.next() }) {
        try await writer.write(ByteBuffer(bytes: piece))
      }
      try await writer.finish(nil)
    }
  }
}
