import FieldbookModel
import Hummingbird
import NIOCore

/// An answer with many metric points: written piece by piece, since a million of them as one document take half a
/// gigabyte.
struct PointPage: Sendable {
  struct Part: Sendable {
    var key: String
    /// Said with each point, if there is one.
    var run: RunID?
    var points: ArraySlice<MetricPoint>
  }

  var parts: [Part]
  var nextPageToken: String?
  /// Where there are no points MLflow leaves their list out of some answers.
  var isListedWhenEmpty = false

  /// A piece is sent when it is longer.
  private static let pieceBytes = 64 * 1024
  /// As many points are sent at once, with their length.
  private static let fewPoints = 5000

  var count: Int { parts.reduce(0) { $0 + $1.points.count } }

  /// The whole document.
  var utf8: [UInt8] {
    var pieces = PointPieces(self, longest: .max)
    return pieces.next() ?? []
  }

  var response: Response {
    let headers: HTTPFields = [.contentType: "application/json"]
    guard count > PointPage.fewPoints else {
      return Response(
        status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: utf8)))
    }
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        var pieces = PointPieces(self, longest: PointPage.pieceBytes)
        while let piece = pieces.next() { try await writer.write(ByteBuffer(bytes: piece)) }
        try await writer.finish(nil)
      })
  }
}

/// The document of a page, in pieces.
struct PointPieces: IteratorProtocol {
  private let page: PointPage
  private let longest: Int
  private let isListed: Bool
  /// The part and the point in it that come next.
  private var place: (part: Int, point: Int)?
  private var isFirst = true

  /// - Parameter longest: bytes after which a piece ends.
  init(_ page: PointPage, longest: Int) {
    self.page = page
    self.longest = longest
    isListed = page.isListedWhenEmpty || page.count > 0
    place = (0, page.parts.first?.points.startIndex ?? 0)
  }

  mutating func next() -> [UInt8]? {
    guard var (number, index) = place else { return nil }
    var out: [UInt8] = []
    if isFirst { out += (isListed ? "{\"metrics\":[" : "{").utf8 }
    while number < page.parts.count {
      let part = page.parts[number]
      let form = PointForm(key: part.key, run: part.run)
      while index < part.points.endIndex {
        if !isFirst { out.append(UInt8(ascii: ",")) }
        isFirst = false
        form.append(part.points[index], to: &out)
        index += 1
        if out.count > longest {
          place = (number, index)
          return out
        }
      }
      number += 1
      if number < page.parts.count { index = page.parts[number].points.startIndex }
    }
    place = nil
    if isListed { out.append(UInt8(ascii: "]")) }
    if let token = page.nextPageToken {
      out += (isListed ? ",\"next_page_token\":" : "\"next_page_token\":").utf8
      out += JSON.string(token).utf8
    }
    out.append(UInt8(ascii: "}"))
    return out
  }
}

/// What all points of one series have in common, as it is written.
private struct PointForm {
  private let start: [UInt8]
  private let end: [UInt8]

  init(key: String, run: RunID?) {
    start = Array("{\"key\":".utf8) + JSON.string(key).utf8 + Array(",\"value\":".utf8)
    end = Array((run.map { ",\"run_id\":\"\($0.hex)\"" } ?? "").utf8) + Array("}".utf8)
  }

  func append(_ point: MetricPoint, to out: inout [UInt8]) {
    out += start
    JSON.append(point.value, to: &out)
    out += ",\"timestamp\":".utf8
    out += point.timestamp.description.utf8
    out += ",\"step\":".utf8
    out += point.step.description.utf8
    out += end
  }
}
